import type {
  DescriptorProto,
  EnumDescriptorProto,
  FileDescriptorProto,
} from "@bufbuild/protobuf/wkt";
import type { Comment, CommentedDescriptor, SourceLocation } from "../model/schema.ts";

/** Comments and locations of declarations, kept by the identity of their descriptor protos. */
export interface SourceIndex {
  comment(descriptor: CommentedDescriptor): Comment | undefined;
  location(descriptor: CommentedDescriptor): SourceLocation | undefined;
}

/** Columns above this are reported as this: line and column share one small integer. */
const maxColumn = 4095;

/** Locations between two steps. */
const locationsOfStep = 1000;

/**
 * Extracts what messages and documents need of `source_code_info`, which is not kept: with it,
 * descriptors take three times the heap. One pass over each file, so that looking up is two steps
 * however long the file is. `paths` gives the names of files in locations, where it has them. In steps, between which others
 * may have their turn.
 */
export function* indexSources(
  files: Iterable<FileDescriptorProto>,
  paths: ReadonlyMap<string, string> = new Map(),
): Generator<void, SourceIndex> {
  const comments = new Map<object, Comment>();
  const positions = new Map<object, number>();

  for (const file of files) {
    const locations = file.sourceCodeInfo?.location ?? [];
    if (locations.length === 0) continue;
    const declarations = declarationsByPath(file);
    yield;
    for (const [at, location] of locations.entries()) {
      if (at % locationsOfStep === 0) yield;
      const declaration = declarations.get(location.path.join());
      const [line, column] = location.span;
      if (declaration === undefined || line === undefined || column === undefined) continue;
      positions.set(declaration, (line + 1) * (maxColumn + 1) + Math.min(column + 1, maxColumn));
      const { leadingComments: leading = "", trailingComments: trailing = "" } = location;
      if (leading !== "" || trailing !== "") {
        comments.set(declaration, { leading: dedent(leading), trailing: dedent(trailing) });
      }
    }
  }

  return {
    comment: (descriptor) => comments.get(descriptor.proto),
    location(descriptor) {
      const position = positions.get(descriptor.proto);
      if (position === undefined) return undefined;
      const name = fileNameOf(descriptor);
      return {
        file: paths.get(name) ?? name,
        line: Math.floor(position / (maxColumn + 1)),
        column: position % (maxColumn + 1),
      };
    },
  };
}

function fileNameOf(descriptor: CommentedDescriptor): string {
  switch (descriptor.kind) {
    case "field":
    case "oneof":
    case "enum_value":
    case "rpc":
      return descriptor.parent.file.proto.name;
    default:
      return descriptor.file.proto.name;
  }
}

/** Declarations by their path as in `SourceCodeInfo.Location` (google/protobuf/descriptor.proto), joined by commas. */
export function declarationsByPath(file: FileDescriptorProto): Map<string, object> {
  const found = new Map<string, object>();
  const addAll = (path: string, declarations: readonly object[]): void => {
    for (const [i, declaration] of declarations.entries()) found.set(`${path},${i}`, declaration);
  };
  const addEnums = (path: string, enums: readonly EnumDescriptorProto[]): void => {
    addAll(path, enums);
    for (const [i, desc] of enums.entries()) addAll(`${path},${i},2`, desc.value);
  };
  const addMessages = (path: string, messages: readonly DescriptorProto[]): void => {
    addAll(path, messages);
    for (const [i, message] of messages.entries()) {
      const own = `${path},${i}`;
      addAll(`${own},2`, message.field);
      addMessages(`${own},3`, message.nestedType);
      addEnums(`${own},4`, message.enumType);
      addAll(`${own},6`, message.extension);
      addAll(`${own},8`, message.oneofDecl);
    }
  };
  addMessages("4", file.messageType);
  addEnums("5", file.enumType);
  addAll("6", file.service);
  for (const [i, service] of file.service.entries()) addAll(`6,${i},2`, service.method);
  addAll("7", file.extension);
  return found;
}

/** Text starts with the space that follows its mark, or with the second star of a `/**`; stars of further lines are gone. */
function dedent(text: string): string {
  return text
    .replace(/^\*(?=\s)/, "")
    .replace(/^ /gm, "")
    .trim();
}

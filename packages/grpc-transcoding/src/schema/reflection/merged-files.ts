import { clone } from "@bufbuild/protobuf";
import { type FileDescriptorProto, FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { fieldsOf, messagesOf, qualifiedName, typesOf } from "../file-declarations.ts";

/**
 * Whether these are the files that `@grpc/reflection` serves for protos that `@grpc/proto-loader` (by
 * protobufjs) loaded: one file for each package, without imports, options and leading dots of names.
 */
export function areMergedFiles(files: readonly FileDescriptorProto[]): boolean {
  return files.some((file) => {
    const methods = file.service.flatMap(({ method }) => method.map(({ inputType }) => inputType));
    const names = [...methods, ...fieldsOf(file).map(({ typeName }) => typeName)];
    return names.some((name) => name !== "" && !name.startsWith("."));
  });
}

/**
 * Makes merged files usable as far as they go: names are resolved by the scoping rules that
 * google/protobuf/descriptor.proto gives for names without a leading dot, and each file imports those
 * whose types it uses. Extensions go: the options they stand for are lost already, and their types
 * tie packages into import cycles.
 */
export function repairMergedFiles(files: readonly FileDescriptorProto[]): FileDescriptorProto[] {
  const repaired = files.map((file) => withoutExtensions(file));
  const fileOf = new Map(
    repaired.flatMap((file) => typesOf(file).map((name) => [name, file.name])),
  );
  for (const file of repaired) {
    const imports = new Set<string>();
    const resolve = (name: string, scope: string): string => {
      const fullName = resolveName(name, scope, fileOf);
      if (fullName === undefined) return name;
      imports.add(fileOf.get(fullName) ?? file.name);
      return `.${fullName}`;
    };
    for (const [scope, message] of messagesOf(file)) {
      for (const field of message.field) {
        if (field.typeName !== "") field.typeName = resolve(field.typeName, scope);
      }
    }
    for (const service of file.service) {
      const scope = qualifiedName(file.package, service.name);
      for (const method of service.method) {
        method.inputType = resolve(method.inputType, scope);
        method.outputType = resolve(method.outputType, scope);
      }
    }
    imports.delete(file.name);
    file.dependency = [...imports];
  }
  return repaired;
}

function resolveName(
  name: string,
  scope: string,
  declared: ReadonlyMap<string, unknown>,
): string | undefined {
  if (name.startsWith(".")) return name.slice(1);
  for (let outer = scope; ; outer = outer.slice(0, Math.max(outer.lastIndexOf("."), 0))) {
    const candidate = qualifiedName(outer, name);
    if (declared.has(candidate)) return candidate;
    if (outer === "") return undefined;
  }
}

function withoutExtensions(file: FileDescriptorProto): FileDescriptorProto {
  const copy = clone(FileDescriptorProtoSchema, file);
  copy.extension = [];
  for (const message of messagesOf(copy).values()) {
    message.extension = [];
    // protobufjs also adds each to the message that it extends, as a field named like ".google.api.http".
    message.field = message.field.filter(({ name }) => !name.includes("."));
  }
  return copy;
}

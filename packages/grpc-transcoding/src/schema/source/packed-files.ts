import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
  SourceCodeInfoSchema,
} from "@bufbuild/protobuf/wkt";
import { declarationsByPath } from "../source-index.ts";
import type { Turns } from "../turns.ts";

/**
 * A file as threads pass it on: in parts, of which each is a file with some of the messages, or of the locations, so that none
 * takes long to read.
 */
export type PackedFile = readonly Uint8Array[];

const messagesOfPart = 50;
const locationsOfPart = 500;

export function packFile(file: FileDescriptorProto): PackedFile {
  const { sourceCodeInfo, messageType, ...bare } = file;
  const declared = sourceCodeInfo && declarationsByPath(file);
  // Those of names and types are three in four, and nobody's.
  const locations = (sourceCodeInfo?.location ?? []).filter(({ path }) =>
    declared?.has(path.join()),
  );
  return [
    pack({ ...bare, messageType: [] }),
    ...cut(messageType, messagesOfPart).map((some) => pack({ messageType: some })),
    ...cut(locations, locationsOfPart).map((location) =>
      pack({ sourceCodeInfo: create(SourceCodeInfoSchema, { location }) }),
    ),
  ];
}

/** The files, read in several turns of the event loop. */
export async function unpackFiles(
  packed: readonly PackedFile[],
  turns: Turns,
): Promise<FileDescriptorProto[]> {
  const files: FileDescriptorProto[] = [];
  for (const [bare = new Uint8Array(0), ...parts] of packed) {
    const file = fromBinary(FileDescriptorProtoSchema, bare);
    files.push(file);
    await turns.pause();
    for (const part of parts) {
      const { messageType, sourceCodeInfo } = fromBinary(FileDescriptorProtoSchema, part);
      file.messageType.push(...messageType);
      if (sourceCodeInfo !== undefined) {
        file.sourceCodeInfo ??= create(SourceCodeInfoSchema);
        file.sourceCodeInfo.location.push(...sourceCodeInfo.location);
      }
      await turns.pause();
    }
  }
  return files;
}

function pack(part: Partial<FileDescriptorProto>): Uint8Array {
  const { $typeName: _, ...members } = part;
  return toBinary(FileDescriptorProtoSchema, create(FileDescriptorProtoSchema, members));
}

function cut<T>(list: readonly T[], size: number): T[][] {
  const parts: T[][] = [];
  for (let at = 0; at < list.length; at += size) parts.push(list.slice(at, at + size));
  return parts;
}

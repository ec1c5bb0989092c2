import { setImmediate as nextTurn } from "node:timers/promises";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
  SourceCodeInfoSchema,
} from "@bufbuild/protobuf/wkt";

/** A file as threads pass it on: its source info apart, so that neither takes long to read. */
export interface PackedFile {
  readonly file: Uint8Array;
  readonly sourceInfo: Uint8Array | undefined;
}

export function packFile(file: FileDescriptorProto): PackedFile {
  const { sourceCodeInfo, ...bare } = file;
  return {
    file: toBinary(FileDescriptorProtoSchema, bare as FileDescriptorProto),
    sourceInfo: sourceCodeInfo && toBinary(SourceCodeInfoSchema, sourceCodeInfo),
  };
}

/** The files, read in several turns of the event loop. */
export async function unpackFiles(packed: readonly PackedFile[]): Promise<FileDescriptorProto[]> {
  const files: FileDescriptorProto[] = [];
  for (const { file, sourceInfo } of packed) {
    const read = fromBinary(FileDescriptorProtoSchema, file);
    files.push(read);
    await nextTurn();
    if (sourceInfo === undefined) continue;
    read.sourceCodeInfo = fromBinary(SourceCodeInfoSchema, sourceInfo);
    await nextTurn();
  }
  return files;
}

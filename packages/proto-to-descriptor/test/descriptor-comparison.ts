import { fromBinary } from "@bufbuild/protobuf";
import { type FileDescriptorProto, FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";

/** A file descriptor with the unknown fields (custom options) of each message by their number. */
export function normalizedFile(bytes: Uint8Array): FileDescriptorProto {
  const file = fromBinary(FileDescriptorProtoSchema, Uint8Array.from(bytes));
  sortUnknown(file);
  return file;
}

function sortUnknown(value: unknown): void {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return;
  const { $unknown } = value as { $unknown?: { no: number }[] };
  $unknown?.sort((a, b) => a.no - b.no);
  for (const inner of Object.values(value)) sortUnknown(inner);
}

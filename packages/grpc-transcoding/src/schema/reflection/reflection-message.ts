import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/** A `ServerReflectionRequest` (grpc/reflection/v1/reflection.proto): one of the questions a loader asks. */
export type ReflectionRequest =
  | { readonly kind: "listServices" }
  | { readonly kind: "fileByFilename" | "fileContainingSymbol"; readonly name: string };

/** A `ServerReflectionResponse`, by the member of its oneof; `unknown` for what was not asked for. */
export type ReflectionResponse =
  | { readonly kind: "services"; readonly names: readonly string[] }
  | { readonly kind: "files"; readonly files: readonly Uint8Array[] }
  | { readonly kind: "error"; readonly code: number; readonly message: string }
  | { readonly kind: "unknown" };

const requestField = { fileByFilename: 3, fileContainingSymbol: 4, listServices: 7 } as const;

/** The request's protobuf bytes; v1 and v1alpha are equal on the wire. */
export function encodeReflectionRequest(request: ReflectionRequest): Uint8Array {
  const name = request.kind === "listServices" ? "*" : request.name;
  const field = requestField[request.kind];
  return new BinaryWriter().tag(field, WireType.LengthDelimited).string(name).finish();
}

/** Reads the response's protobuf bytes. Throws for bytes that are not one. */
export function decodeReflectionResponse(bytes: Uint8Array): ReflectionResponse {
  let response: ReflectionResponse = { kind: "unknown" };
  forEachField(bytes, (field, reader) => {
    if (field === 4) response = { kind: "files", files: decodeFiles(reader.bytes()) };
    else if (field === 6) response = { kind: "services", names: decodeServices(reader.bytes()) };
    else if (field === 7) response = decodeError(reader.bytes());
    else return false;
    return true;
  });
  return response;
}

function decodeFiles(bytes: Uint8Array): readonly Uint8Array[] {
  const files: Uint8Array[] = [];
  forEachField(bytes, (field, reader) => field === 1 && files.push(reader.bytes()) > 0);
  return files;
}

function decodeServices(bytes: Uint8Array): readonly string[] {
  const names: string[] = [];
  forEachField(bytes, (field, reader) => {
    if (field !== 1) return false;
    forEachField(
      reader.bytes(),
      (inner, service) => inner === 1 && names.push(service.string()) > 0,
    );
    return true;
  });
  return names;
}

function decodeError(bytes: Uint8Array): ReflectionResponse {
  let code = 0;
  let message = "";
  forEachField(bytes, (field, reader) => {
    if (field === 1) code = reader.int32();
    else if (field === 2) message = reader.string();
    else return false;
    return true;
  });
  return { kind: "error", code, message };
}

/** Calls `read` for each field; it answers false for a field that it has not read. */
function forEachField(
  bytes: Uint8Array,
  read: (field: number, reader: BinaryReader) => boolean,
): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (!read(field, reader)) reader.skip(wireType, field);
  }
}

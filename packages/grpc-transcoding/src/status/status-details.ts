import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import type { StatusDetail } from "./status.ts";

/** The metadata key that carries a serialized google.rpc.Status. */
export const statusDetailsKey = "grpc-status-details-bin";

/** A google.rpc.Status as it stood on the wire; its `code` may be any int32. */
export interface EncodedStatus {
  readonly code: number;
  readonly message: string;
  readonly details: readonly StatusDetail[];
}

// Field numbers: google/rpc/status.proto (code 1, message 2, details 3), google/protobuf/any.proto
// (type_url 1, value 2). Written by hand because a status must be readable before any schema is.

/** The bytes of a google.rpc.Status, the value of `grpc-status-details-bin`. */
export function encodeStatusDetails(status: EncodedStatus): Uint8Array {
  const writer = new BinaryWriter();
  if (status.code !== 0) writer.tag(1, WireType.Varint).int32(status.code);
  if (status.message !== "") writer.tag(2, WireType.LengthDelimited).string(status.message);
  for (const detail of status.details) {
    writer.tag(3, WireType.LengthDelimited).fork();
    if (detail.typeUrl !== "") writer.tag(1, WireType.LengthDelimited).string(detail.typeUrl);
    if (detail.value.length > 0) writer.tag(2, WireType.LengthDelimited).bytes(detail.value);
    writer.join();
  }
  return writer.finish();
}

/** Reads a google.rpc.Status; undefined for bytes that are none, since a peer chose them. */
export function decodeStatusDetails(bytes: Uint8Array): EncodedStatus | undefined {
  try {
    return readStatus(new BinaryReader(bytes));
  } catch {
    return undefined;
  }
}

function readStatus(reader: BinaryReader): EncodedStatus {
  let code = 0;
  let message = "";
  const details: StatusDetail[] = [];
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === 1 && wireType === WireType.Varint) code = reader.int32();
    else if (field === 2 && wireType === WireType.LengthDelimited) message = reader.string();
    else if (field === 3 && wireType === WireType.LengthDelimited)
      details.push(readAny(new BinaryReader(reader.bytes())));
    else reader.skip(wireType, field);
  }
  return { code, message, details };
}

function readAny(reader: BinaryReader): StatusDetail {
  let typeUrl = "";
  let value: Uint8Array = new Uint8Array(0);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === 1 && wireType === WireType.LengthDelimited) typeUrl = reader.string();
    else if (field === 2 && wireType === WireType.LengthDelimited) value = reader.bytes();
    else reader.skip(wireType, field);
  }
  return { typeUrl, value };
}

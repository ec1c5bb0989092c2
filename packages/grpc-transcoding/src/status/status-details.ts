/// <reference lib="es2024.string" />
import {
  acquire,
  bytes,
  capacity,
  copyOutput,
  grow,
  release,
  room,
} from "../json/output-buffer.ts";
import { writeString } from "../json/to-wire/write-string.ts";
import { closeLength, writeInt32, writeVarint32 } from "../json/to-wire/write-varint.ts";
import type { StatusDetail } from "../model/status.ts";
import { skipValue } from "../wire/skip-field.ts";
import { position, readLength, readTag, readVarint32 } from "../wire/varint.ts";
import { tagOf, WireType } from "../wire/wire-type.ts";

/** The metadata key that carries a serialized google.rpc.Status. */
export const statusDetailsKey = "grpc-status-details-bin";

/** A google.rpc.Status as it stood on the wire; its `code` may be any int32. */
export interface EncodedStatus {
  readonly code: number;
  readonly message: string;
  readonly details: readonly StatusDetail[];
}

// google/rpc/status.proto and google/protobuf/any.proto. Read and written by hand, because a status must be
// readable before any schema is, and each failed call pays for it.
const codeTag = tagOf(1, WireType.VARINT);
const messageTag = tagOf(2, WireType.LENGTH);
const detailTag = tagOf(3, WireType.LENGTH);
const typeUrlTag = tagOf(1, WireType.LENGTH);
const valueTag = tagOf(2, WireType.LENGTH);

/** The bytes of a google.rpc.Status, the value of `grpc-status-details-bin`. */
export function encodeStatusDetails({ code, message, details }: EncodedStatus): Buffer {
  const interrupted = acquire();
  try {
    let p = 0;
    if (code !== 0) {
      bytes[p] = codeTag;
      p = writeInt32(p + 1, code);
    }
    p = writeText(p, messageTag, message);
    for (const detail of details) p = writeAny(p, detail);
    return copyOutput(p);
  } finally {
    release(interrupted);
  }
}

function writeAny(start: number, { typeUrl, value }: StatusDetail): number {
  bytes[start] = detailTag;
  const lengthAt = start + 1;
  let p = writeText(lengthAt + 1, typeUrlTag, typeUrl);
  if (value.length > 0) {
    if (p + value.length + 2 * room > capacity) grow(p, value.length + room);
    bytes[p] = valueTag;
    p = writeVarint32(p + 1, value.length);
    bytes.set(value, p);
    p += value.length;
  }
  return closeLength(lengthAt, 1, p);
}

function writeText(p: number, tag: number, text: string): number {
  if (text === "") return p;
  bytes[p] = tag;
  return writeString(p + 1, text.toWellFormed());
}

/** Reads a google.rpc.Status; undefined for bytes that are none, since a peer chose them. */
export function decodeStatusDetails(encoded: Uint8Array): EncodedStatus | undefined {
  const { buffer, byteOffset, length } = encoded;
  try {
    return readStatus(Buffer.from(buffer, byteOffset, length));
  } catch {
    return undefined;
  }
}

function readStatus(b: Buffer): EncodedStatus {
  const end = b.length;
  let code = 0;
  let message = "";
  const details: StatusDetail[] = [];
  for (let p = 0; p < end; ) {
    const tag = readTag(b, p, end);
    const start = position;
    p = skipValue(b, start, end, tag, 0);
    if (tag === codeTag) code = readVarint32(b, start) | 0;
    else if (tag === messageTag) message = b.toString("utf8", contentStart(b, start, p), p);
    else if (tag === detailTag) details.push(readAny(b, contentStart(b, start, p), p));
  }
  return { code, message, details };
}

function readAny(b: Buffer, begin: number, end: number): StatusDetail {
  let typeUrl = "";
  let valueStart = 0;
  let valueEnd = 0;
  for (let p = begin; p < end; ) {
    const tag = readTag(b, p, end);
    const start = position;
    p = skipValue(b, start, end, tag, 0);
    if (tag === typeUrlTag) {
      typeUrl = b.toString("utf8", contentStart(b, start, p), p);
    } else if (tag === valueTag) {
      valueStart = contentStart(b, start, p);
      valueEnd = p;
    }
  }
  const value = new Uint8Array(b.buffer, b.byteOffset + valueStart, valueEnd - valueStart);
  return { typeUrl, value };
}

/** Where a length-delimited value starts behind its length. */
function contentStart(b: Buffer, start: number, end: number): number {
  readLength(b, start, end);
  return position;
}

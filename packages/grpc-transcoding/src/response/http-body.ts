import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/** A google.api.HttpBody: bytes with a media type, which stand for themselves in HTTP. */
export interface HttpBody {
  readonly contentType: string;
  readonly data: Uint8Array;
  /** Each a google.protobuf.Any's bytes. */
  readonly extensions?: readonly Uint8Array[];
}

// Field numbers: google/api/httpbody.proto.
const contentTypeNumber = 1;
const dataNumber = 2;
const extensionsNumber = 3;

/** Whether a message is google.api.HttpBody. */
export function isHttpBody(message: DescMessage | undefined): boolean {
  return message?.typeName === "google.api.HttpBody";
}

/** An HttpBody's protobuf bytes, without extensions. */
export function writeHttpBody({ contentType, data }: HttpBody): Uint8Array {
  const writer = new BinaryWriter();
  if (contentType !== "")
    writer.tag(contentTypeNumber, WireType.LengthDelimited).string(contentType);
  if (data.length > 0) writer.tag(dataNumber, WireType.LengthDelimited).bytes(data);
  return writer.finish();
}

/**
 * An HttpBody as a field behind a message's other bytes, or as the message itself. Copies its data once: of a large file
 * there are many, and each copy is garbage soon.
 */
export function appendHttpBody(
  before: Uint8Array,
  field: DescField | undefined,
  { contentType, data }: HttpBody,
): Buffer {
  const head = new BinaryWriter();
  if (contentType !== "") head.tag(contentTypeNumber, WireType.LengthDelimited).string(contentType);
  if (data.length > 0) head.tag(dataNumber, WireType.LengthDelimited).uint32(data.length);
  const front = head.finish();
  if (field === undefined) return Buffer.concat([before, front, data]);
  const isGroup = field.fieldKind === "message" && field.delimitedEncoding;
  const start = new BinaryWriter();
  if (isGroup) start.tag(field.number, WireType.StartGroup);
  else start.tag(field.number, WireType.LengthDelimited).uint32(front.length + data.length);
  const end = new BinaryWriter();
  if (isGroup) end.tag(field.number, WireType.EndGroup);
  return Buffer.concat([before, start.finish(), front, data, end.finish()]);
}

/** Reads an HttpBody. `data` is a view of `bytes`. Throws for malformed bytes. */
export function readHttpBody(bytes: Uint8Array): HttpBody {
  const reader = new BinaryReader(bytes);
  let contentType = "";
  let data: Uint8Array = bytes.subarray(0, 0);
  let extensions: Uint8Array[] | undefined;
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    if (number === contentTypeNumber && wireType === WireType.LengthDelimited) {
      contentType = reader.string();
    } else if (number === dataNumber && wireType === WireType.LengthDelimited) {
      data = reader.bytes();
    } else if (number === extensionsNumber && wireType === WireType.LengthDelimited) {
      extensions ??= [];
      extensions.push(reader.bytes());
    } else {
      reader.skip(wireType, number);
    }
  }
  return extensions === undefined ? { contentType, data } : { contentType, data, extensions };
}

/** The bytes of one message field, the occurrences joined, which merges them. Throws for malformed bytes. */
export function readMessageField(bytes: Uint8Array, field: DescField): Uint8Array {
  const reader = new BinaryReader(bytes);
  const parts: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    if (number === field.number && wireType === WireType.LengthDelimited) {
      parts.push(reader.bytes());
    } else if (number === field.number && wireType === WireType.StartGroup) {
      const group = reader.skip(wireType, number);
      // Without the end tag, which is as long as the start tag.
      parts.push(
        group.subarray(0, group.length - new BinaryWriter().tag(number, 4).finish().length),
      );
    } else {
      reader.skip(wireType, number);
    }
  }
  return parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts);
}

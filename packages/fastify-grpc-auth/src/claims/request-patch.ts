import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";

/** What a call's token does to each of its request messages. */
export interface RequestPatch {
  readonly layout: RequestLayout;
  /** The fields that the token fills, as protobuf. */
  readonly fields: Uint8Array;
}

/** What must be known of a request's fields to take some out of its bytes. */
export interface RequestLayout {
  /** The numbers of the fields that tokens fill. */
  readonly claimed: ReadonlySet<number>;
  /** The numbers of fields whose varints have 64 bits. */
  readonly wide: ReadonlySet<number>;
}

/** The layout of a request with these claimed fields. */
export function requestLayout(input: DescMessage, claimed: readonly DescField[]): RequestLayout {
  return {
    claimed: new Set(claimed.map((field) => field.number)),
    wide: new Set(input.fields.filter(isWide).map((field) => field.number)),
  };
}

const wideTypes: ReadonlySet<ScalarType | undefined> = new Set([
  ScalarType.INT64,
  ScalarType.UINT64,
  ScalarType.SINT64,
]);

function isWide(field: DescField): boolean {
  return wideTypes.has(field.scalar);
}

/** The bytes are no protobuf message that every parser reads alike. */
export class AmbiguousMessage extends Error {
  override readonly name = "AmbiguousMessage";
}

// docs.protobuf.dev, Encoding: the low three bits of a tag.
const varint = 0;
const fixed64 = 1;
const lengthDelimited = 2;
const fixed32 = 5;

/**
 * A request message with the fields of the token in place of the client's. Throws AmbiguousMessage for bytes that a
 * parser could take otherwise than this one does, and so might miss what stands at the end: such a client may be
 * looking for a way to be somebody else.
 */
export function patchRequest(bytes: Uint8Array, { layout, fields }: RequestPatch): Uint8Array {
  const kept: Uint8Array[] = [];
  let from = 0;
  let at = 0;
  while (at < bytes.length) {
    const start = at;
    const tag = readNumber(bytes, at);
    const number = tag.value >>> 3;
    if (number === 0) throw new AmbiguousMessage("a field has the number 0");
    at = endOfValue(bytes, tag.end, tag.value & 7, layout.wide.has(number));
    if (!layout.claimed.has(number)) continue;
    kept.push(bytes.subarray(from, start));
    from = at;
  }
  if (from === 0) return fields.length === 0 ? bytes : Buffer.concat([bytes, fields]);
  return Buffer.concat([...kept, bytes.subarray(from), fields]);
}

/** Where a field's value ends. */
function endOfValue(bytes: Uint8Array, at: number, wireType: number, isWide: boolean): number {
  switch (wireType) {
    case varint:
      return endOfVarint(bytes, at, isWide);
    case fixed64:
      return within(bytes, at + 8);
    case fixed32:
      return within(bytes, at + 4);
    case lengthDelimited: {
      const { value, end } = readNumber(bytes, at);
      return within(bytes, end + value);
    }
    default:
      // Parsers differ in how a group ends.
      throw new AmbiguousMessage("a field is a group, or of no known wire type");
  }
}

/** protobufjs reads a 32-bit varint of 6 to 9 bytes as one of 10, and so takes bytes of the fields behind it. */
function endOfVarint(bytes: Uint8Array, start: number, isWide: boolean): number {
  let at = start;
  while ((bytes[at] ?? 0) > 127) at += 1;
  const end = within(bytes, at + 1);
  const length = end - start;
  if (length <= 5 || length === 10 || (isWide && length < 10)) return end;
  throw new AmbiguousMessage("a number is longer than its type");
}

/** Reads a tag or a length: 32 bits in five bytes at most. */
function readNumber(bytes: Uint8Array, start: number): { value: number; end: number } {
  let value = 0;
  for (let i = 0; i < 5; i += 1) {
    const byte = bytes[start + i];
    if (byte === undefined) break;
    value += (byte & 127) * 2 ** (7 * i);
    if (byte > 127) continue;
    if (value < 2 ** 32) return { value, end: start + i + 1 };
    break;
  }
  throw new AmbiguousMessage("a tag or a length is malformed");
}

function within(bytes: Uint8Array, end: number): number {
  if (end <= bytes.length) return end;
  throw new AmbiguousMessage("the message ends in the middle of a field");
}

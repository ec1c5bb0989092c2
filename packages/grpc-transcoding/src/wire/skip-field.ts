import { malformed, truncated } from "./malformed.ts";
import { position, readLength, readTag, skipVarint } from "./varint.ts";
import { WireType } from "./wire-type.ts";

/** Message nesting that protobuf's C++ implementation accepts by default, and so do we. */
export const maxDepth = 100;

/**
 * The position after a field's value: `p` stands behind `tag`. Groups are skipped to the end of their
 * end tag. Throws for what crosses `end`.
 */
export function skipValue(
  b: Uint8Array,
  p: number,
  end: number,
  tag: number,
  depth: number,
): number {
  // The usual values here, so that this is small enough to be inlined.
  const first = b[p] as number;
  if (first < 128) {
    const wireType = tag & 7;
    if (wireType === WireType.VARINT && p < end) return p + 1;
    if (wireType === WireType.LENGTH && first < end - p) return p + 1 + first;
  }
  return skipAnyValue(b, p, end, tag, depth);
}

function skipAnyValue(b: Uint8Array, p: number, end: number, tag: number, depth: number): number {
  switch (tag & 7) {
    case WireType.VARINT:
      return skipVarint(b, p, end);
    case WireType.FIXED64:
      p += 8;
      break;
    case WireType.LENGTH: {
      const length = readLength(b, p, end);
      return position + length;
    }
    case WireType.START_GROUP:
      return skipGroup(b, p, end, tag, depth + 1);
    case WireType.FIXED32:
      p += 4;
      break;
    default:
      malformed(`wire type ${tag & 7} is not expected here`);
  }
  if (p > end) truncated();
  return p;
}

function skipGroup(b: Uint8Array, p: number, end: number, start: number, depth: number): number {
  const contentEnd = groupContentEnd(b, p, end, start, depth);
  readTag(b, contentEnd, end);
  return position;
}

/** Where the end tag of the group starts whose content starts at `p`, behind the tag `start`. */
export function groupContentEnd(
  b: Uint8Array,
  p: number,
  end: number,
  start: number,
  depth: number,
): number {
  if (depth > maxDepth) malformed(`messages are nested more than ${maxDepth} deep`);
  while (p < end) {
    const tag = readTag(b, p, end);
    if ((tag & 7) === WireType.END_GROUP) {
      if (tag >>> 3 !== start >>> 3) malformed("a group ends with another group's number");
      return p;
    }
    p = skipValue(b, position, end, tag, depth);
  }
  truncated();
}

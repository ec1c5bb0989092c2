import { groupContentEnd, skipValue } from "../../wire/skip-field.ts";
import { position, readLength, readTag } from "../../wire/varint.ts";
import { WireType } from "../../wire/wire-type.ts";

/**
 * The payloads of all occurrences of a message field behind one another: parsing them so is how
 * protobuf merges a singular message that was sent in parts. `p` stands behind the first tag.
 */
export function mergePayloads(
  b: Buffer,
  p: number,
  end: number,
  tag: number,
  depth: number,
): Buffer {
  const payloads: Buffer[] = [];
  let current = tag;
  for (;;) {
    if (current === tag) payloads.push(payloadOf(b, p, end, tag, depth));
    const next = skipValue(b, p, end, current, depth);
    if (next >= end) return Buffer.concat(payloads);
    current = readTag(b, next, end);
    p = position;
  }
}

/** A message field's payload: behind its length, or before the end tag of its group. */
function payloadOf(b: Buffer, p: number, end: number, tag: number, depth: number): Buffer {
  if ((tag & 7) === WireType.START_GROUP) {
    return b.subarray(p, groupContentEnd(b, p, end, tag, depth));
  }
  const length = readLength(b, p, end);
  return b.subarray(position, position + length);
}

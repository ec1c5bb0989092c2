import type { DescField } from "@bufbuild/protobuf";
import { groupContentEnd, skipValue } from "./skip-field.ts";
import { position, readLength, readTag } from "./varint.ts";
import { tagOf, WireType, wireTypeOf } from "./wire-type.ts";

/** Where a field's value starts in a message's bytes, behind its tag; -1 where it is not set. */
export type FindField = (bytes: Uint8Array) => number;

/** One field of a path. */
interface Step {
  readonly tag: number;
  /** Tags' numbers of what unsets the field: the other members of its oneof. */
  readonly rivals: ReadonlySet<number>;
}

/**
 * Compiles the search for one singular field, through messages in messages, without reading any other. Where it stands more
 * than once, the last one counts, as it does when messages are merged. The search throws {@link Malformed} for
 * bytes that are not protobuf's wire format.
 */
export function compileFindField(fields: readonly DescField[]): FindField {
  const steps = fields.map(stepOf);
  const last = steps.length - 1;
  let found = -1;

  function search(b: Uint8Array, start: number, end: number, index: number): void {
    const { tag: wanted, rivals } = steps[index] as Step;
    let p = start;
    while (p < end) {
      const tag = readTag(b, p, end);
      p = position;
      if (rivals.size > 0 && rivals.has(tag >>> 3)) found = -1;
      const value = p;
      p = skipValue(b, p, end, tag, 0);
      if (tag !== wanted) continue;
      if (index === last) found = value;
      else if ((tag & 7) === WireType.START_GROUP) {
        search(b, value, groupContentEnd(b, value, end, tag, 0), index + 1);
      } else {
        readLength(b, value, end);
        search(b, position, p, index + 1);
      }
    }
  }

  return (bytes) => {
    found = -1;
    search(bytes, 0, bytes.length, 0);
    return found;
  };
}

function stepOf(field: DescField): Step {
  const rivals = (field.oneof?.fields ?? []).filter((other) => other !== field);
  return {
    tag: tagOfField(field),
    rivals: new Set(rivals.map(({ number }) => number)),
  };
}

/** The tag of a field that is not repeated. */
export function tagOfField(field: DescField): number {
  return tagOf(field.number, wireTypeOfField(field));
}

function wireTypeOfField(field: DescField): WireType {
  if (field.fieldKind === "scalar") return wireTypeOf(field.scalar);
  if (field.fieldKind === "enum") return WireType.VARINT;
  const isGroup = field.fieldKind === "message" && field.delimitedEncoding;
  return isGroup ? WireType.START_GROUP : WireType.LENGTH;
}

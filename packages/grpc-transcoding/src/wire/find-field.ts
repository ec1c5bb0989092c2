import { skipValue } from "./skip-field.ts";
import { position, readTag } from "./varint.ts";

/** Where the value of the next field with `tag` starts, other fields skipped; -1 if there is none before `end`. */
export function findNext(
  b: Uint8Array,
  p: number,
  end: number,
  tag: number,
  depth: number,
): number {
  while (p < end) {
    const found = readTag(b, p, end);
    if (found === tag) return position;
    p = skipValue(b, position, end, found, depth);
  }
  return -1;
}

/** Where the last {@link findEntry} found values, -1 for none: take them before anything else is read. */
export let keyAt = -1;
export let firstValueAt = -1;
export let valueAt = -1;

/**
 * Finds the two fields of a message such as an entry of a map: where their last values start, and the
 * first of the second field, for messages sent in parts.
 */
export function findEntry(
  b: Uint8Array,
  p: number,
  end: number,
  keyTag: number,
  valueTag: number,
  depth: number,
): void {
  let key = -1;
  let first = -1;
  let last = -1;
  while (p < end) {
    const tag = readTag(b, p, end);
    p = position;
    if (tag === keyTag) key = p;
    else if (tag === valueTag) {
      if (first < 0) first = p;
      last = p;
    }
    p = skipValue(b, p, end, tag, depth);
  }
  keyAt = key;
  firstValueAt = first;
  valueAt = last;
}

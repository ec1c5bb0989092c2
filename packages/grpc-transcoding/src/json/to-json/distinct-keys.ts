import { bytes, capacity, grow, room } from "../output-buffer.ts";

/** Start and end of the keys of the objects being printed, innermost last. */
let spans = new Int32Array(256);
let top = 0;

/** Up to so many keys are compared pairwise; more go through a set of strings. */
const fewKeys = 8;

/** Forgets all objects: for the start of a call, since the last one may have thrown. */
export function resetKeys(): void {
  top = 0;
}

/** Starts the keys of an object whose keys come from the data: a map or a Struct. Returns what to close it with. */
export function openKeys(): number {
  return top;
}

/** Notes a key that has been printed with its quotes at `start`, one byte behind its comma. */
export function addKey(start: number, end: number): void {
  if (top + 2 > spans.length) {
    const larger = new Int32Array(spans.length * 2);
    larger.set(spans);
    spans = larger;
  }
  spans[top] = start;
  spans[top + 1] = end;
  top += 2;
}

/**
 * Ends the object whose members, each with a leading comma, stand from `start` to `q`. Of members
 * with one key the last counts, as on the wire.
 */
export function closeObject(base: number, start: number, q: number): number {
  let end = q;
  if (top - base > 2 && hasDuplicates(base)) end = dropDuplicates(base, start, q);
  top = base;
  if (end + room > capacity) grow(end, room);
  if (end === start) end++;
  bytes[start] = 123;
  bytes[end] = 125;
  return end + 1;
}

function hasDuplicates(base: number): boolean {
  if (top - base > fewKeys * 2) {
    const keys = new Set<string>();
    for (let i = base; i < top; i += 2) keys.add(keyText(i));
    return keys.size < (top - base) / 2;
  }
  for (let i = base + 2; i < top; i += 2) {
    for (let j = base; j < i; j += 2) if (equalKeys(i, j)) return true;
  }
  return false;
}

function equalKeys(i: number, j: number): boolean {
  const a = spans[i] as number;
  const b = spans[j] as number;
  const length = (spans[i + 1] as number) - a;
  if ((spans[j + 1] as number) - b !== length) return false;
  for (let k = 0; k < length; k++) if (bytes[a + k] !== bytes[b + k]) return false;
  return true;
}

function keyText(i: number): string {
  return bytes.toString("latin1", spans[i], spans[i + 1]);
}

/** Rewrites the members with the last of each key in the place of the first. */
function dropDuplicates(base: number, start: number, q: number): number {
  const members = new Map<string, Buffer>();
  for (let i = base; i < top; i += 2) {
    const memberEnd = i + 2 < top ? (spans[i + 2] as number) - 1 : q;
    members.set(keyText(i), Buffer.from(bytes.subarray((spans[i] as number) - 1, memberEnd)));
  }
  let end = start;
  for (const member of members.values()) end += member.copy(bytes, end);
  return end;
}

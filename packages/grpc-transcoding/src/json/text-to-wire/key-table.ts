import { skipString } from "../skip-json.ts";
import { endAt, unusual } from "./text-position.ts";

/** Values by name, for names that stand in JSON text: found without making a string. */
export interface KeyTable<T> {
  /**
   * The value for the name at `p`, behind its quote; undefined for a name that the table lacks. Ends
   * behind the closing quote.
   */
  find(b: Buffer, p: number): T | undefined;
}

interface Entry<T> {
  readonly name: Uint8Array;
  readonly value: T;
}

/** Compiles a table. Of names with equal hashes all but the first are found as strings. */
export function keyTable<T>(values: ReadonlyMap<string, T>): KeyTable<T> {
  const byHash = new Map<number, Entry<T>>();
  for (const [text, value] of values) {
    const name = Buffer.from(text);
    let hash = 0;
    for (const c of name) hash = addToHash(hash, c);
    if (!byHash.has(hash)) byHash.set(hash, { name, value });
  }
  return {
    find(b, p) {
      const start = p;
      let hash = 0;
      let c = b[p] as number;
      while (c !== 34) {
        if (c === 92) return values.get(unescaped(b, start));
        // A control character, or the end of the text.
        if (!(c >= 32)) unusual();
        hash = addToHash(hash, c);
        c = b[++p] as number;
      }
      endAt(p + 1);
      const entry = byHash.get(hash);
      if (entry === undefined) return undefined;
      return isEqual(entry.name, b, start, p)
        ? entry.value
        : values.get(b.toString("utf8", start, p));
    },
  };
}

function unescaped(b: Buffer, p: number): string {
  const end = skipString(b, p);
  const name = JSON.parse(b.toString("utf8", p - 1, end)) as string;
  endAt(end);
  return name;
}

/** Adds a byte to a hash that stays a small integer to V8. */
function addToHash(hash: number, c: number): number {
  return (hash * 31 + c) & 0x3fffffff;
}

function isEqual(name: Uint8Array, b: Uint8Array, p: number, end: number): boolean {
  if (end - p !== name.length) return false;
  for (let i = 0; i < name.length; i++) if (name[i] !== b[p + i]) return false;
  return true;
}

/** Joins a message's JSON bytes with the text before and after it: one copy, one chunk to write. */
export function frame(before: Uint8Array, json: Uint8Array, after: Uint8Array): Uint8Array {
  const chunk = Buffer.allocUnsafe(before.length + json.length + after.length);
  chunk.set(before, 0);
  chunk.set(json, before.length);
  chunk.set(after, before.length + json.length);
  return chunk;
}

/** JSON text on one line. A line break in JSON stands between tokens only, so a space is as good. */
export function onOneLine(json: string): string {
  return json.replaceAll(/[\r\n]+/g, " ");
}

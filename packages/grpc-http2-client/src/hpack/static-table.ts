// RFC 7541 Appendix A: name, then the values that stand beside it, from index 1.
const entries: readonly (readonly [name: string, value: string])[] = [
  [":authority", ""],
  [":method", "GET"],
  [":method", "POST"],
  [":path", "/"],
  [":path", "/index.html"],
  [":scheme", "http"],
  [":scheme", "https"],
  [":status", "200"],
  [":status", "204"],
  [":status", "206"],
  [":status", "304"],
  [":status", "400"],
  [":status", "404"],
  [":status", "500"],
  ["accept-charset", ""],
  ["accept-encoding", "gzip, deflate"],
  ["accept-language", ""],
  ["accept-ranges", ""],
  ["accept", ""],
  ["access-control-allow-origin", ""],
  ["age", ""],
  ["allow", ""],
  ["authorization", ""],
  ["cache-control", ""],
  ["content-disposition", ""],
  ["content-encoding", ""],
  ["content-language", ""],
  ["content-length", ""],
  ["content-location", ""],
  ["content-range", ""],
  ["content-type", ""],
  ["cookie", ""],
  ["date", ""],
  ["etag", ""],
  ["expect", ""],
  ["expires", ""],
  ["from", ""],
  ["host", ""],
  ["if-match", ""],
  ["if-modified-since", ""],
  ["if-none-match", ""],
  ["if-range", ""],
  ["if-unmodified-since", ""],
  ["last-modified", ""],
  ["link", ""],
  ["location", ""],
  ["max-forwards", ""],
  ["proxy-authenticate", ""],
  ["proxy-authorization", ""],
  ["range", ""],
  ["referer", ""],
  ["refresh", ""],
  ["retry-after", ""],
  ["server", ""],
  ["set-cookie", ""],
  ["strict-transport-security", ""],
  ["transfer-encoding", ""],
  ["user-agent", ""],
  ["vary", ""],
  ["via", ""],
  ["www-authenticate", ""],
];

/** How many entries the static table has: the dynamic table's indexes begin after it. */
export const STATIC_ENTRIES: number = entries.length;

/** The name of each static index; index 0 is none. */
export const staticNames: readonly string[] = ["", ...entries.map(([name]) => name)];

/** The value of each static index; index 0 is none. */
export const staticValues: readonly string[] = ["", ...entries.map(([, value]) => value)];

const firstIndexes = new Map<string, number>();
for (let index = STATIC_ENTRIES; index > 0; index--) {
  firstIndexes.set(staticNames[index] as string, index);
}

/** The first static index with this name, or 0. */
export function staticNameIndex(name: string): number {
  return firstIndexes.get(name) ?? 0;
}

/** The static index that has both, where `first` is that of the name; or 0. */
export function staticFieldIndex(first: number, name: string, value: string): number {
  for (let index = first; index > 0 && staticNames[index] === name; index++) {
    if (staticValues[index] === value) return index;
  }
  return 0;
}

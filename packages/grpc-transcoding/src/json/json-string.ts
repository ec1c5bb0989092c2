const backslash = 92;

/** The position behind the JSON string that starts at `at`, or the end of a text in which it does not end. */
export function endOfString(source: string, at: number): number {
  for (;;) {
    const close = source.indexOf('"', at + 1);
    if (close < 0) return source.length;
    let backslashes = 0;
    while (source.charCodeAt(close - 1 - backslashes) === backslash) backslashes++;
    at = close;
    if (backslashes % 2 === 0) return close + 1;
  }
}

import { CHARACTER_CLASS, HEX, OCTAL } from "./character-class.ts";

const SIMPLE: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

const ESCAPE =
  /\\(?:([0-7]{1,3})|[xX]([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([\s\S]))/g;
const SURROGATE_PAIR = /\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})/g;

const utf8Bytes = (codePoint: number): string => {
  if (codePoint > 0xffff || codePoint < 0xd800 || codePoint > 0xdfff) {
    return Buffer.from(String.fromCodePoint(codePoint), "utf8").toString("latin1");
  }
  // A lone surrogate: protoc writes its three bytes as they are.
  return String.fromCharCode(
    0xe0 | (codePoint >> 12),
    0x80 | ((codePoint >> 6) & 0x3f),
    0x80 | (codePoint & 0x3f),
  );
};

/**
 * The bytes that a string literal stands for, one character per byte.
 * @param literal the token with its quotes, from a source file (one character per byte)
 */
export function unquote(literal: string): string {
  const quote = literal[0];
  const closed = literal.length > 1 && literal.at(-1) === quote;
  const body = literal.slice(1, closed ? -1 : undefined);
  if (!body.includes("\\")) return body;
  return body
    .replace(SURROGATE_PAIR, (_, high: string, low: string) => {
      const code =
        0x10000 + ((Number.parseInt(high, 16) & 0x3ff) << 10) + (Number.parseInt(low, 16) & 0x3ff);
      return `\\U${code.toString(16).padStart(8, "0")}`;
    })
    .replace(ESCAPE, (_, octal, hex, short, long, other: string) => {
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff);
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
      if (short !== undefined) return utf8Bytes(Number.parseInt(short, 16));
      if (long !== undefined) return utf8Bytes(Number.parseInt(long, 16));
      return SIMPLE[other] ?? other;
    });
}

/**
 * Checks the escape sequence whose character after the backslash is at `p`.
 * @returns where the string goes on
 */
export function escapeEnd(
  text: string,
  p: number,
  limit: number,
  report: (offset: number, message: string) => void,
): number {
  const c = text[p];
  if (c === undefined || p >= limit) return p;
  if ("abfnrtv\\?'\"".includes(c)) return p + 1;
  if (((CHARACTER_CLASS[c.charCodeAt(0)] as number) & OCTAL) !== 0) return p + 1;
  const rest = text.slice(p + 1, Math.min(p + 9, limit));
  switch (c) {
    case "x":
    case "X":
      if (((CHARACTER_CLASS[rest.charCodeAt(0)] ?? 0) & HEX) !== 0) return p + 2;
      report(p + 1, "Expected hex digits for escape sequence.");
      return p + 1;
    case "u":
      if (/^[0-9a-fA-F]{4}/.test(rest)) return p + 5;
      report(p + 1, "Expected four hex digits for \\u escape sequence.");
      return p + 1;
    case "U":
      if (/^00(?:0[0-9a-fA-F]|10)[0-9a-fA-F]{4}$/.test(rest)) return p + 9;
      report(p + 1, "Expected eight hex digits up to 10ffff for \\U escape sequence.");
      return p + 1;
    default:
      report(p, "Invalid escape sequence in string literal.");
      return p;
  }
}

const NAMED: Readonly<Record<string, string>> = {
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  '"': '\\"',
  "'": "\\'",
  "\\": "\\\\",
};

/** Escapes bytes as `FieldDescriptorProto.default_value` has them for a bytes field. */
export function escapeBytes(bytes: string): string {
  return bytes.replace(
    /[^\x20-\x7e]|["'\\]/g,
    (c) => NAMED[c] ?? `\\${c.charCodeAt(0).toString(8).padStart(3, "0")}`,
  );
}

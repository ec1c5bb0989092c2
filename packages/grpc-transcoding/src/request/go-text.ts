import { protoJsonText } from "./protojson-text.ts";
import {
  finiteFloat,
  type IntegerRange,
  integerInRange,
  invalidText,
  parseDigits,
  type TextDialect,
} from "./text-dialect.ts";

const bools: ReadonlyMap<string, boolean> = new Map([
  ...["1", "t", "T", "TRUE", "true", "True"].map((text) => [text, true] as const),
  ...["0", "f", "F", "FALSE", "false", "False"].map((text) => [text, false] as const),
]);

const decimal = /^[+-]?\d+$/;
const anyBase =
  /^([+-]?)(?:0[xX]((?:_?[\dA-Fa-f])+)|0[bB]((?:_?[01])+)|0[oO]?((?:_?[0-7])+)|(\d(?:_?\d)*))$/;
const decimalFloat =
  /^[+-]?(?:\d(?:_?\d)*(?:\.(?:\d(?:_?\d)*)?)?|\.\d(?:_?\d)*)(?:[eE][+-]?\d(?:_?\d)*)?$/;
const hexFloat = /^([+-]?)0[xX]([\dA-Fa-f_]*)(?:\.([\dA-Fa-f_]*))?[pP]([+-]?\d+)$/;
const infinity = /^([+-]?)inf(?:inity)?$/i;

/**
 * The texts that grpc-gateway v2 takes in a query and in nested path variables: Go's strconv and
 * time.ParseDuration.
 */
export const goQueryText: TextDialect = {
  bool(text) {
    const value = bools.get(text);
    if (value === undefined) throw invalidText("a bool", text);
    return value;
  },
  integer(text, range) {
    if (!decimal.test(text)) throw invalidText("a decimal integer", text);
    return signedInRange(parseDigits(text.replace(/^[+-]/, "")), text, range);
  },
  float(text, single) {
    if (/^nan$/i.test(text)) return "NaN";
    const sign = infinity.exec(text)?.[1];
    if (sign !== undefined) return sign === "-" ? "-Infinity" : "Infinity";
    if (decimalFloat.test(text)) return finiteFloat(Number(text.replaceAll("_", "")), text, single);
    return finiteFloat(parseHexFloat(text), text, single);
  },
  bytes(text) {
    if (text.length % 4 !== 0) throw invalidText("padded base64", text);
    return protoJsonText.bytes(text);
  },
  enum(text, desc) {
    const named = desc.values.find((value) => value.name === text);
    const value = named ?? desc.value[Number(decimal.test(text) ? text : Number.NaN)];
    if (value === undefined) throw invalidText(`a value of ${desc.typeName}`, text);
    return value.name;
  },
  duration: parseGoDuration,
  structs: true,
  messageParts: true,
};

/** The texts of grpc-gateway's top-level path variables: integers in any base of Go, durations in ProtoJSON. */
export const goPathText: TextDialect = {
  ...goQueryText,
  integer(text, range) {
    return signedInRange(parseAnyBase(text), text, range);
  },
  enum(text, desc) {
    const named = desc.values.find((value) => value.name === text);
    if (named !== undefined) return named.name;
    const magnitude = Number(parseAnyBase(text));
    const value = desc.value[text.startsWith("-") ? -magnitude : magnitude];
    if (value === undefined) throw invalidText(`a value of ${desc.typeName}`, text);
    return value.name;
  },
  duration: protoJsonText.duration,
};

function signedInRange(magnitude: bigint, text: string, range: IntegerRange): number | string {
  // strconv.ParseUint takes no sign.
  if (range.min === 0n && /^[+-]/.test(text)) throw invalidText("an unsigned integer", text);
  return integerInRange(text.startsWith("-") ? -magnitude : magnitude, text, range);
}

/** The magnitude of an integer by its prefix, as strconv.ParseInt with base 0 reads it: `010` is 8. */
function parseAnyBase(text: string): bigint {
  const match = anyBase.exec(text);
  if (match === null) throw invalidText("an integer", text);
  const [, , hex, binary, octal, plain] = match;
  if (hex !== undefined) return parseDigits(`0x${hex.replaceAll("_", "")}`);
  if (binary !== undefined) return parseDigits(`0b${binary.replaceAll("_", "")}`);
  if (octal !== undefined) return parseDigits(`0o${octal.replaceAll("_", "")}`);
  const digits = (plain as string).replaceAll("_", "");
  if (digits.length > 1 && digits.startsWith("0")) throw invalidText("an integer", text);
  return parseDigits(digits);
}

function parseHexFloat(text: string): number {
  const match = hexFloat.exec(text);
  if (match === null) throw invalidText("a number", text);
  const [, sign, whole = "", fraction = "", exponent] = match.map((part) =>
    (part ?? "").replaceAll("_", ""),
  );
  if (whole + fraction === "") throw invalidText("a number", text);
  const mantissa = Number.parseInt(whole + fraction, 16);
  const magnitude = mantissa * 2 ** (Number(exponent) - 4 * fraction.length);
  return sign === "-" ? -magnitude : magnitude;
}

const unitNanos: ReadonlyMap<string, bigint> = new Map([
  ["ns", 1n],
  ["us", 1000n],
  ["\u00b5s", 1000n],
  ["\u03bcs", 1000n],
  ["ms", 1_000_000n],
  ["s", 1_000_000_000n],
  ["m", 60_000_000_000n],
  ["h", 3_600_000_000_000n],
]);
const durationPart = /(\d*)(?:\.(\d*))?(ns|us|\u00b5s|\u03bcs|ms|s|m|h)/gy;

/** `1h30m`, `1.5s`, `100ms` as the seconds of ProtoJSON. */
function parseGoDuration(text: string): string {
  const unsigned = text.replace(/^[+-]/, "");
  if (unsigned === "0") return "0s";
  // int64: below zero it has one more.
  const limit = text.startsWith("-") ? 2n ** 63n : 2n ** 63n - 1n;
  let nanos = 0n;
  let end = 0;
  for (const [part, whole = "", fraction = "", unit = ""] of unsigned.matchAll(durationPart)) {
    if (whole + fraction === "") throw invalidText("a duration such as 1m30s", text);
    const scale = unitNanos.get(unit) ?? 0n;
    nanos += parseDigits(whole || "0") * scale;
    nanos += (parseDigits(fraction || "0") * scale) / 10n ** BigInt(fraction.length);
    end += part.length;
  }
  if (end === 0 || end < unsigned.length || nanos > limit) {
    throw invalidText("a duration such as 1m30s", text);
  }
  const seconds = nanos / 1_000_000_000n;
  const rest = String(nanos % 1_000_000_000n).padStart(9, "0");
  return `${text.startsWith("-") ? "-" : ""}${seconds}.${rest}s`;
}

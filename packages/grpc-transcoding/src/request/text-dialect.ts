import type { DescEnum } from "@bufbuild/protobuf";

/** Why a value in a path or query is refused: the reason of its BadRequest field violation. */
export type ViolationReason =
  | "UNKNOWN_PARAMETER"
  | "NOT_BINDABLE"
  | "INVALID_VALUE"
  | "OUT_OF_RANGE"
  | "REPEATED_SINGULAR"
  | "ONEOF_CONFLICT"
  | "BOUND_ELSEWHERE"
  | "BAD_ENCODING";

/** Thrown by a {@link TextDialect} for a text that is not a value of its type. */
export class TextValueError extends Error {
  override readonly name = "TextValueError";
  readonly reason: ViolationReason;

  constructor(reason: ViolationReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** The values that an integer type holds. 64-bit ones are strings in ProtoJSON. */
export interface IntegerRange {
  readonly min: bigint;
  readonly max: bigint;
  readonly wide: boolean;
}

/**
 * How path segments and query values spell values. Each function takes decoded text, gives the value's
 * ProtoJSON and throws a {@link TextValueError}.
 */
export interface TextDialect {
  readonly bool: (text: string) => boolean;
  readonly integer: (text: string, range: IntegerRange) => number | string;
  readonly float: (text: string, single: boolean) => number | string;
  readonly bytes: (text: string) => string;
  readonly enum: (text: string, desc: DescEnum) => number | string;
  /** A google.protobuf.Duration in ProtoJSON; the codec checks the result. */
  readonly duration: (text: string) => string;
  /** Whether google.protobuf.Struct and Value are taken, as JSON text. */
  readonly structs: boolean;
  /** Whether the fields of Timestamp, Duration, FieldMask and wrappers may be named one by one. */
  readonly messageParts: boolean;
}

/** The range of int32, which is the range of enum numbers as well. */
export const int32Range: IntegerRange = { min: -(2n ** 31n), max: 2n ** 31n - 1n, wide: false };

// 64 binary digits and what Go allows around them.
const maxDigits = 80;

/** A run of digits, with the prefix of its base, as a number. BigInt of a long text would take its time. */
export function parseDigits(digits: string): bigint {
  if (digits.length <= maxDigits) return BigInt(digits);
  throw new TextValueError("OUT_OF_RANGE", `${quote(digits)} is beyond the range of all integers`);
}

/** An integer in range as ProtoJSON. */
export function integerInRange(value: bigint, text: string, range: IntegerRange): number | string {
  if (value < range.min || value > range.max) {
    throw new TextValueError(
      "OUT_OF_RANGE",
      `expected an integer from ${range.min} to ${range.max}, found ${quote(text)}`,
    );
  }
  return range.wide ? String(value) : Number(value);
}

/** A finite number in the range of its type as ProtoJSON. */
export function finiteFloat(value: number, text: string, single: boolean): number {
  if (Number.isFinite(single ? Math.fround(value) : value)) return value;
  const type = single ? "float" : "double";
  throw new TextValueError("OUT_OF_RANGE", `${quote(text)} is beyond the range of a ${type}`);
}

export function invalidText(expected: string, text: string): TextValueError {
  return new TextValueError("INVALID_VALUE", `expected ${expected}, found ${quote(text)}`);
}

/** The text as JSON, cut to what fits into a message. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 64 ? `${text.slice(0, 61)}...` : text);
}

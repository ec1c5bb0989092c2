import type { DescEnum } from "@bufbuild/protobuf";
import { jsonNumber } from "../json/to-wire/number-values.ts";
import {
  finiteFloat,
  int32Range,
  integerInRange,
  invalidText,
  parseDigits,
  type TextDialect,
} from "./text-dialect.ts";

const decimal = /^-?(?:0|[1-9]\d*)$/;
// Standard or URL-safe alphabet; at most two characters of padding.
const base64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

/** The texts of ProtoJSON, strictly: what stands in JSON, without its quotes. */
export const protoJsonText: TextDialect = {
  bool(text) {
    if (text === "true") return true;
    if (text === "false") return false;
    throw invalidText("true or false", text);
  },
  integer(text, range) {
    if (!decimal.test(text)) throw invalidText("a decimal integer", text);
    return integerInRange(parseDigits(text), text, range);
  },
  float(text, single) {
    if (text === "NaN" || text === "Infinity" || text === "-Infinity") return text;
    if (!jsonNumber.test(text)) throw invalidText("a number", text);
    return finiteFloat(Number(text), text, single);
  },
  bytes(text) {
    if (!base64.test(text)) throw invalidText("base64", text);
    const padding = text.indexOf("=");
    const length = padding < 0 ? text.length : padding;
    if (length % 4 === 1 || (padding >= 0 && text.length % 4 !== 0)) {
      throw invalidText("base64", text);
    }
    return Buffer.from(text, "base64").toString("base64");
  },
  enum: enumText,
  duration: (text) => text,
  structs: false,
  messageParts: false,
};

/** By name or number; an unknown number stays, as in an open enum. */
function enumText(text: string, desc: DescEnum): string | number {
  if (desc.values.some((value) => value.name === text)) return text;
  if (!decimal.test(text)) throw invalidText(`a value of ${desc.typeName}`, text);
  return integerInRange(parseDigits(text), text, int32Range);
}

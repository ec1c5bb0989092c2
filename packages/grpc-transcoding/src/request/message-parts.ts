import { type DescMessage, ScalarType } from "@bufbuild/protobuf";
import type { RequestValue } from "./request-value.ts";

/** The text of a well-known message whose fields came one by one. */
export type TextOfParts = (parts: RequestValue) => string;

/**
 * Compiles the text of a Timestamp, Duration, FieldMask or wrapper that `ts.seconds=5` and `ts.nanos=7` make.
 * Parts that make no such message give a text that its parser refuses.
 */
export function compileTextOfParts({ typeName, fields }: DescMessage): TextOfParts {
  switch (typeName) {
    case "google.protobuf.Timestamp":
      return timestampText;
    case "google.protobuf.Duration":
      return durationText;
    case "google.protobuf.FieldMask":
      return ({ paths = [] }) => (paths as readonly unknown[]).join(",");
    default: {
      const unset = zeroText(fields[0]?.scalar);
      return ({ value = unset }) => String(value);
    }
  }
}

function timestampText({ seconds = 0, nanos = 0 }: RequestValue): string {
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.valueOf())) return `${seconds} seconds`;
  return `${date.toISOString().slice(0, -4)}${String(nanos).padStart(9, "0")}Z`;
}

/** As Go spells it, with one sign for all. */
function durationText({ seconds = 0, nanos = 0 }: RequestValue): string {
  const text = `${seconds}s${nanos}ns`;
  const [whole, rest] = [Number(seconds), Number(nanos)];
  return whole <= 0 && rest <= 0 ? `-${text.replaceAll("-", "")}` : text;
}

function zeroText(scalar: ScalarType | undefined): string {
  if (scalar === ScalarType.STRING || scalar === ScalarType.BYTES) return "";
  return scalar === ScalarType.BOOL ? "false" : "0";
}

import { ScalarType } from "@bufbuild/protobuf";
import { maxDepth } from "../../wire/skip-field.ts";
import { writeScalar } from "../to-wire/scalar-writers.ts";
import { toArray, toObject, UnexpectedValue, unexpected } from "../to-wire/unexpected-value.ts";
import type { Write } from "../to-wire/write.ts";
import { type Diagnose, leafDiagnosis } from "./violations.ts";

/** Looks at any JSON value as google.protobuf.Value. */
const checkValue: Write = (p, value, depth) => {
  switch (typeof value) {
    case "string":
      return writeScalar(ScalarType.STRING, p, value);
    case "number":
    case "bigint":
      return Number.isFinite(Number(value)) ? p : unexpected("finite number", value);
    case "boolean":
      return p;
    case "object":
      if (value === null) return p;
      return Array.isArray(value)
        ? checkListValue(p, value, depth + 1)
        : checkStruct(p, value, depth + 1);
    default:
      return unexpected("JSON value", value);
  }
};

const checkStruct: Write = (p, value, depth) => {
  const object = toObject(value);
  checkDepth(depth);
  for (const [key, child] of Object.entries(object)) {
    writeScalar(ScalarType.STRING, p, key);
    checkValue(p, child, depth);
  }
  return p;
};

const checkListValue: Write = (p, value, depth) => {
  const list = toArray(value);
  checkDepth(depth);
  for (const child of list) checkValue(p, child, depth);
  return p;
};

function checkDepth(depth: number): void {
  if (depth > maxDepth) throw new UnexpectedValue(`values are nested more than ${maxDepth} deep`);
}

/** The diagnoses of google/protobuf/struct.proto's messages, each with one violation for the first thing wrong. */
export const diagnoseStruct: Diagnose = leafDiagnosis(checkStruct);
export const diagnoseJsonValue: Diagnose = leafDiagnosis(checkValue);
export const diagnoseListValue: Diagnose = leafDiagnosis(checkListValue);

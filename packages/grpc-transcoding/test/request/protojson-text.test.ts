import assert from "node:assert/strict";
import { test } from "node:test";
import { ScalarType } from "@bufbuild/protobuf";
import { protoJsonText } from "../../src/request/protojson-text.ts";
import { TextValueError } from "../../src/request/text-dialect.ts";
import { compileScalarText } from "../../src/request/text-value.ts";

const texts: readonly (readonly [type: keyof typeof ScalarType, text: string, value: unknown])[] = [
  ["BYTES", "", ""],
  ["BYTES", "AQI", "AQI="],
  ["BYTES", "AQI=", "AQI="],
  ["BYTES", "_-8", "/+8="],
  ["BYTES", "/+8=", "/+8="],
  ["BYTES", "AQI==", "INVALID_VALUE"],
  ["BYTES", "AQ=", "INVALID_VALUE"],
  ["BYTES", "A", "INVALID_VALUE"],
  ["BYTES", "====", "INVALID_VALUE"],
  ["BYTES", "A=QI", "INVALID_VALUE"],
  ["INT32", "-0", 0],
  ["INT32", "01", "INVALID_VALUE"],
  ["INT32", "+1", "INVALID_VALUE"],
  ["INT32", "1.0", "INVALID_VALUE"],
  ["INT32", "1e2", "INVALID_VALUE"],
  ["INT32", "\u0661", "INVALID_VALUE"],
  ["INT32", "9".repeat(400), "OUT_OF_RANGE"],
  ["UINT32", "4294967296", "OUT_OF_RANGE"],
  ["UINT64", "-1", "OUT_OF_RANGE"],
  ["SINT64", "-9223372036854775809", "OUT_OF_RANGE"],
  ["DOUBLE", "1e308", 1e308],
  ["DOUBLE", "1e309", "OUT_OF_RANGE"],
  ["DOUBLE", ".5", "INVALID_VALUE"],
  ["DOUBLE", "1.", "INVALID_VALUE"],
  ["DOUBLE", "0x1", "INVALID_VALUE"],
  ["DOUBLE", "nan", "INVALID_VALUE"],
  ["DOUBLE", "+Infinity", "INVALID_VALUE"],
  ["FLOAT", "3.4028235e38", 3.4028235e38],
  ["FLOAT", "-3.4028236e38", "OUT_OF_RANGE"],
  ["FLOAT", "1e-50", 1e-50],
  ["BOOL", "TRUE", "INVALID_VALUE"],
  ["BOOL", " true", "INVALID_VALUE"],
];

test("reads scalars as ProtoJSON spells them, without quotes", async (t) => {
  for (const [type, text, value] of texts) {
    await t.test(`${type} ${JSON.stringify(text.slice(0, 30))}`, () => {
      const parse = compileScalarText(ScalarType[type], protoJsonText);
      if (value !== "INVALID_VALUE" && value !== "OUT_OF_RANGE") assert.equal(parse(text), value);
      else
        assert.throws(
          () => parse(text),
          (error) => error instanceof TextValueError && error.reason === value,
        );
    });
  }
});

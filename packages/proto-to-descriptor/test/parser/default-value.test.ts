import assert from "node:assert/strict";
import { test } from "node:test";
import { formatDouble, formatFloat } from "../../src/parser/default-value.ts";

test("doubles are printed with 15 digits, or 17 if these are not enough", () => {
  const cases: [number, string][] = [
    [0, "0"],
    [-0, "-0"],
    [100000, "100000"],
    [1e15, "1e+15"],
    [123456789012345, "123456789012345"],
    [123456789012345680, "1.2345678901234568e+17"],
    [0.1, "0.1"],
    [0.1 + 0.2, "0.30000000000000004"],
    [1e-5, "1e-05"],
    [0.0001, "0.0001"],
    [Number.MAX_VALUE, "1.7976931348623157e+308"],
    [Number.POSITIVE_INFINITY, "inf"],
    [Number.NEGATIVE_INFINITY, "-inf"],
    [Number.NaN, "nan"],
  ];
  for (const [value, expected] of cases) assert.equal(formatDouble(value), expected);
});

test("floats are printed with 6 digits, or 9 if these are not enough", () => {
  const cases: [number, string][] = [
    [0.1, "0.1"],
    [9e9, "9e+09"],
    [16777217, "16777216"],
    [1234567, "1234567"],
    [3.4028235e38, "3.40282347e+38"],
    [1e39, "inf"],
  ];
  for (const [value, expected] of cases) assert.equal(formatFloat(value), expected);
});

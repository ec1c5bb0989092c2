import assert from "node:assert/strict";
import { test } from "node:test";
import { parseWeightedList } from "grpc-transcoding/internal";

const lists: readonly [header: string, values: Readonly<Record<string, number>>][] = [
  ["", {}],
  [",, ;q=1,", {}],
  ["De-CH, en;q=0.8 , *;Q=0", { "de-ch": 1, en: 0.8, "*": 0 }],
  ["a;q=0;b, c;x=y;q=0.5, d;x=y", { a: 0, c: 0.5, d: 1 }],
  ["a;q=0.123, b;q=1.000, c;q=0., d;q=1.", { a: 0.123, b: 1, c: 0, d: 1 }],
  ["a;q=.5, b;q=0.1234, c;q=1.001, d;q=, e;q=-0, f;q=1e0", { a: 0, b: 0, c: 0, d: 0, e: 0, f: 0 }],
  ["a;q = 1, b;q =1, c; q=1", { a: 0, b: 0, c: 1 }],
  ['a;x=",;q=0";q=0.5, b', { a: 0.5, b: 1 }],
  ['a;x="\\",b";q=0.1, c', { a: 0.1, c: 1 }],
  ['a, b;x="c, d;q=0', { a: 1, b: 1 }],
];
for (const [header, values] of lists) {
  test(`the weights of ${JSON.stringify(header)} are read as RFC 9110 has them`, () => {
    const found = parseWeightedList(header).map(({ value, weight }) => [value, weight]);
    assert.deepEqual(Object.fromEntries(found), values);
  });
}

import assert from "node:assert/strict";
import { test } from "node:test";
import { parseGlob } from "../../../src/schema/source/glob.ts";

const cases: readonly [
  pattern: string,
  base: string,
  yes: readonly string[],
  no: readonly string[],
][] = [
  ["proto/*.proto", "proto", ["a.proto", ".proto"], ["a/b.proto", "a.protox", "aproto"]],
  ["proto/**/*.proto", "proto", ["a.proto", "x/y/a.proto"], ["a.txt"]],
  ["proto/**", "proto", ["a.proto", "x/a.proto"], [""]],
  ["**/v1/*.proto", ".", ["v1/a.proto", "x/v1/a.proto"], ["v1/x/a.proto", "xv1/a.proto"]],
  ["/abs/v?/a.proto", "/abs", ["v1/a.proto"], ["v10/a.proto", "v/a.proto"]],
  ["/*.proto", "/", ["a.proto"], []],
  ["p/{a,b}.proto", "p", ["a.proto", "b.proto"], ["c.proto", "a,b.proto"]],
  ["p/{a,b+c}(1)/x*.proto", "p", ["b+c(1)/x.proto"], ["bbc(1)/x.proto", "a1/x.proto"]],
  ["./x/../p/*.proto", "p", ["a.proto"], []],
];

for (const [pattern, base, yes, no] of cases) {
  test(`the glob ${pattern} starts in ${base} and matches what it says`, () => {
    const glob = parseGlob(pattern);
    assert.equal(glob.base, base);
    for (const path of yes) assert.ok(glob.matches(path), `matches ${path}`);
    for (const path of no) assert.ok(!glob.matches(path), `does not match ${path}`);
  });
}

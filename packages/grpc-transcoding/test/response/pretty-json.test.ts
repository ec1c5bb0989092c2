import assert from "node:assert/strict";
import { test } from "node:test";
import { prettyJson } from "grpc-transcoding/internal";

for (const value of [
  {},
  [],
  [{}],
  { a: [] },
  { a: { b: [1, "x", null, true, -1.5e300] }, "c:{[,]}": 'say "x" \\ \n' },
  "plain",
  5,
  ["a\\", '\\"', "ü🎉", [[[]], {}]],
  { "": "" },
]) {
  test(`${JSON.stringify(value)} is laid out as JSON.stringify does it`, () => {
    const text = JSON.stringify(value);
    assert.equal(prettyJson(Buffer.from(text)).toString(), JSON.stringify(value, null, 2));
  });
}

test("a number keeps all its digits", () => {
  const pretty = prettyJson(Buffer.from('{"a":12345678901234567890.10}')).toString();
  assert.equal(pretty, '{\n  "a": 12345678901234567890.10\n}');
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { replaceMetadata } from "grpc-transcoding/internal";

test("own entries replace all others of their keys, and stand behind the rest", () => {
  const entries = [
    ["a", "1"],
    ["b", "2"],
    ["a", "3"],
  ] as const;
  assert.deepEqual(replaceMetadata(entries, new Map([["A", "4"]])), [
    ["b", "2"],
    ["a", "4"],
  ]);
  assert.deepEqual(replaceMetadata(entries, []), entries);
});

for (const key of [
  "connection",
  "te",
  "host",
  "grpc-timeout",
  "content-type",
  ":path",
  "user-agent",
]) {
  test(`no own entry is named ${key}`, () => {
    assert.throws(() => replaceMetadata([], [[key, "x"]]), {
      name: "TypeError",
      message: `metadata ${JSON.stringify(key)} ${key === ":path" ? "is no metadata key" : "is a key that no call may carry"}`,
    });
  });
}

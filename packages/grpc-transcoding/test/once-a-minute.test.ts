import assert from "node:assert/strict";
import { test } from "node:test";
import { onceAMinute } from "grpc-transcoding/internal";

test("errors are told once a minute, with their number since the last time", () => {
  let now = 0;
  const told: [unknown, number][] = [];
  const tell = onceAMinute(
    (error, count) => told.push([error, count]),
    () => now,
  );
  for (const [at, error] of [
    [0, "a"],
    [1, "b"],
    [59_999, "c"],
    [60_000, "d"],
    [60_001, "e"],
  ] as const) {
    now = at;
    tell(error);
  }
  assert.deepEqual(told, [
    ["a", 1],
    ["d", 3],
  ]);
});

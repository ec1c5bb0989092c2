import assert from "node:assert/strict";
import { test } from "node:test";
import { nearestName } from "../../src/link/nearest-name.ts";

test("the nearest name is one letter in three away at most", () => {
  const cases: [name: string, candidates: string[], expected: string | undefined][] = [
    ["Libary", ["Book", "Library", "Librarian"], "Library"],
    ["tiem", ["time", "item"], "time"],
    ["ID", ["Id"], "Id"],
    ["a", ["b", "cd"], "b"],
    ["Timestamp", ["Duration", "Any"], undefined],
    ["name", [], undefined],
  ];
  for (const [name, candidates, expected] of cases) {
    assert.equal(nearestName(name, candidates), expected);
  }
});

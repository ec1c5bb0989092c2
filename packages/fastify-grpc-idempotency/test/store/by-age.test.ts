import assert from "node:assert/strict";
import { test } from "node:test";
import { ByAge } from "../../src/store/by-age.ts";

test("the oldest is the one that was added first of those that are there", () => {
  const entries = new ByAge<object>();
  const told = () => entries.oldest()?.[0];
  assert.equal(told(), undefined);
  for (const id of ["a", "b", "c"]) entries.add(id, {});
  assert.deepEqual([told(), told()], ["a", "a"]);
  entries.delete("b");
  entries.delete("a");
  assert.equal(told(), "c");
  entries.add("a", {});
  assert.equal(told(), "c");
  entries.delete("c");
  assert.equal(told(), "a", "it came back as the youngest");
  entries.delete("a");
  assert.equal(told(), undefined);
  entries.add("d", {});
  assert.deepEqual([told(), entries.size], ["d", 1]);
});

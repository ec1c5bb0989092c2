import assert from "node:assert/strict";
import { test } from "node:test";
import { HpackError } from "../../src/hpack/hpack-error.ts";

test("an error of HPACK is told by its class and name", () => {
  const error = new HpackError("an index of 0");
  assert.equal(error.name, "HpackError");
  assert.equal(error.message, "an index of 0");
});

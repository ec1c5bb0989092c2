import assert from "node:assert/strict";
import { test } from "node:test";
import { toRequestFields } from "../../src/call/request-fields.ts";

test("metadata becomes fields, bytes as base64 without padding", () => {
  const bytes = Buffer.from([0, 1, 255, 7]);
  assert.deepEqual(
    toRequestFields([
      ["x-a", "one"],
      ["x-a", "two"],
      ["y-bin", bytes],
      ["z-bin", new Uint8Array(bytes.buffer, bytes.byteOffset + 1, 2)],
    ]),
    ["x-a", "one", "x-a", "two", "y-bin", "AAH/Bw", "z-bin", "Af8"],
  );
});

test("what the client says itself is not said twice", () => {
  for (const key of ["content-type", "user-agent", "grpc-timeout", "grpc-encoding"]) {
    assert.deepEqual(toRequestFields([[key, "x"]]), []);
  }
});

test("metadata that cannot be sent is refused by its key", () => {
  assert.throws(() => toRequestFields([["te", "x"]]), /must not have the key "te"/);
  assert.throws(() => toRequestFields([["x-a", "é"]]), /"x-a" has a value that is not printable/);
  assert.throws(() => toRequestFields([["x-bin", "text"]]), /"x-bin" is text/);
  assert.throws(() => toRequestFields([["x-a", Buffer.from("x")]]), /"x-a" is bytes/);
});

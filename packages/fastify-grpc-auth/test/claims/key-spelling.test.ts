import assert from "node:assert/strict";
import { test } from "node:test";
import { foldedKey, spellingsOf } from "../../src/claims/key-spelling.ts";

test("spellings of a key that servers make no difference of are one", () => {
  const strips = spellingsOf([foldedKey("x-user-id")]);
  for (const key of [
    "x-user-id",
    "x_user_id",
    "x.user_id",
    "x-user-id-bin",
    "x_user_id_bin",
    "grpc-metadata-x-user-id",
    "grpc_metadata_x_user_id",
    "grpcgateway-x-user-id-bin",
    "grpc-metadata-grpcgateway-x-user-id",
  ]) {
    assert.equal(strips(key), true, key);
  }
  for (const key of ["x-user", "x-user-ids", "xuserid", "x-user-id-binary", "user-id", ""]) {
    assert.equal(strips(key), false, key);
  }
});

test("a claim for a -bin key covers the one without", () => {
  assert.equal(spellingsOf([foldedKey("x-user-bin")])("x-user"), true);
});

test("what is remembered of clients' keys is bounded, and right beyond that", () => {
  const strips = spellingsOf(["x-user"]);
  for (let i = 0; i < 2000; i += 1) assert.equal(strips(`x-${i}`), false);
  assert.equal(strips("x_user"), true);
});

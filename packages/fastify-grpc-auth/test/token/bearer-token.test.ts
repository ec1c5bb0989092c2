import assert from "node:assert/strict";
import { test } from "node:test";
import type { PolicyCall } from "grpc-transcoding";
import { bearerToken } from "../../src/token/bearer-token.ts";
import { InvalidToken } from "../../src/token/invalid-token.ts";

function tokenOf(authorization: unknown, rawHeaders?: readonly string[]): string | undefined {
  return bearerToken({ headers: { authorization }, rawHeaders } as unknown as PolicyCall);
}

test("a bearer token is told by its scheme, in any case", () => {
  assert.equal(tokenOf("Bearer a.b-_~+/="), "a.b-_~+/=");
  assert.equal(tokenOf("bEARER   a "), "a");
  for (const none of [undefined, "", "Basic YTpi", "Bearertoken", "Digest bearer a"]) {
    assert.equal(tokenOf(none), undefined);
  }
});

test("what names the scheme and is no token is refused", () => {
  for (const bad of ["Bearer", "Bearer ", "Bearer a b", "Bearer a, Bearer b", "Bearer \u00e9"]) {
    assert.throws(() => tokenOf(bad), InvalidToken, bad);
  }
  assert.equal(tokenOf(`Bearer ${"a".repeat(8192)}`)?.length, 8192);
  assert.throws(() => tokenOf(`Bearer ${"a".repeat(8193)}`), InvalidToken);
});

test("several headers are refused on HTTP/1.1 and HTTP/2, unless a hook has chosen", () => {
  const twice = ["Authorization", "Bearer a", "host", "x", "authorization", "Bearer b"];
  assert.throws(() => tokenOf("Bearer a", twice), InvalidToken);
  assert.throws(() => tokenOf(["Bearer a", "Bearer b"]), InvalidToken);
  assert.equal(tokenOf("Bearer c", twice), "c");
  assert.equal(tokenOf(undefined, twice), undefined);
});

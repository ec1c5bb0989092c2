import assert from "node:assert/strict";
import { test } from "node:test";
import { isGrpcContentType } from "../../src/one-port/grpc-content-type.ts";

const cases: readonly [contentType: unknown, isGrpc: boolean][] = [
  ["application/grpc", true],
  ["application/grpc+proto", true],
  ["application/grpc;charset=utf-8", true],
  ["application/grpc ; a=b", true],
  ["application/grpc\t;a=b", true],
  ["Application/GRPC+Proto", true],
  ["application/grpc-web", false],
  ["application/grpc-web+proto", false],
  ["application/grpc-web-text", false],
  ["application/grpcfoo", false],
  ["application/grp", false],
  [" application/grpc", false],
  ["application/json, application/grpc", false],
  ["", false],
  [undefined, false],
  [["application/grpc"], false],
];
for (const [contentType, isGrpc] of cases) {
  test(`${JSON.stringify(contentType)} is ${isGrpc ? "" : "not "}native gRPC`, () => {
    assert.equal(isGrpcContentType(contentType), isGrpc);
  });
}

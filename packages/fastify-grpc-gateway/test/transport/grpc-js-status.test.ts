import assert from "node:assert/strict";
import { constants } from "node:http2";
import { test } from "node:test";
import { Metadata } from "@grpc/grpc-js";
import { Code } from "grpc-transcoding";
import { notGrpc } from "grpc-transcoding/internal";
import { endByGrpcJs } from "../../src/transport/grpc-js-status.ts";

// What no peer can be made to do at will; the rest is tested over sockets.

const metadata = new Metadata();
const answer = { attempt: undefined, headers: false, grpcStatus: undefined };
const ahead = { at: Number.POSITIVE_INFINITY, source: "client" } as const;

test("a server that resets a call at its deadline is the deadline", () => {
  const attempt = { finalStatus: { rstCode: constants.NGHTTP2_CANCEL } };
  const status = { code: Code.CANCELLED, details: "Call cancelled", metadata };
  const passed = { at: Date.now() - 1, source: "client" } as const;
  const end = endByGrpcJs(status, { ...answer, attempt }, passed);
  assert.deepEqual([end.status.code, end.origin], [Code.DEADLINE_EXCEEDED, "transport"]);
});

test("a call that could not be sent tells nothing of why", () => {
  const details = "Getting metadata from plugin failed with error: the key of 10.0.0.7 is gone";
  const end = endByGrpcJs({ code: Code.UNKNOWN, details, metadata }, answer, ahead);
  assert.equal(end.status.message, "the call could not be sent to the upstream");
  assert.deepEqual([end.status.code, end.origin], [Code.UNKNOWN, "transport"]);
});

test("an exhausted channel is an upstream that takes no calls", () => {
  const end = endByGrpcJs(
    { code: Code.RESOURCE_EXHAUSTED, details: "full", metadata },
    answer,
    ahead,
  );
  assert.deepEqual([end.status.code, end.origin], [Code.UNAVAILABLE, "transport"]);
});

test("a media type is repeated only where it is short and plain", () => {
  const told = (contentType: string) => notGrpc(200, contentType).message.split("content-type ")[1];
  assert.equal(told("text/html ; charset=utf-8"), "text/html");
  assert.equal(told("application/vnd.api+json"), "application/vnd.api+json");
  for (const odd of ["", "html", `${"a".repeat(41)}/b`, `a/${"b".repeat(81)}`, "a/b\nc", "<a>/b"]) {
    assert.equal(told(odd), "unknown", odd);
  }
});

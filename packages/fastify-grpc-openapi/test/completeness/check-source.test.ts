import assert from "node:assert/strict";
import { test } from "node:test";
import { checkSource } from "fastify-grpc-openapi";
import { gatewayOf, schemaOf } from "../gateway-entry.ts";

const proto = `syntax = "proto3"; package t;
  import "google/api/annotations.proto"; import "google/protobuf/struct.proto";
  import "fastify/grpc/v1/annotations.proto"; import "openapiv3/annotations.proto";
  // Said.
  service S {
    rpc Bound(R) returns (R) {
      option (google.api.http) = { get: "/a" };
      option (fastify.grpc.v1.method) = { errors { code: NOT_FOUND message: "No." details: "nmae" } };
    }
    rpc Unbound(R) returns (R);
  }
  message R { google.protobuf.Struct open = 1; string name = 2 [(openapi.v3.property).all_of = { reference: { _ref: "#/components/schemas/Gone" } }]; }`;

test("lists what readers would miss", () => {
  const gateway = gatewayOf(schemaOf({ "t.proto": proto }));
  const { findings } = checkSource(gateway);
  assert.deepEqual(
    findings.map(({ rule, subject }) => [rule, subject]),
    [
      ["reference-unknown", "Gone"],
      ["unbound-method", "t.S.Unbound"],
      ["field-unreachable", "t.R.open"],
      ["error-field-unknown", "t.S.Bound"],
    ],
  );
  assert.match(findings[1]?.location ?? "", /^t\.proto:\d+:\d+$/);
});

test("asks for comments where told to", () => {
  const { findings } = checkSource(gatewayOf(schemaOf({ "t.proto": proto })), {}, "comments");
  const subjects = findings
    .filter(({ rule }) => rule.endsWith("-comment"))
    .map(({ subject }) => subject);
  assert.deepEqual(subjects, ["t.S.Bound", "t.R", "t.R.open", "t.R.name"]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultErrorMapper, type ErrorMapper } from "grpc-transcoding";
import { operationOf } from "../document-of.ts";

const request = "message Request { string name = 1; }";
const method = `option (fastify.grpc.v1.method) = {
  errors { code: NOT_FOUND reason: "BOOK_NOT_FOUND" domain: "x.test" message: "No such book." details: "name" detail_types: "google.rpc.ResourceInfo" }
  errors { code: NOT_FOUND message: "No such shelf." }
  errors { code: RESOURCE_EXHAUSTED reason: "TOO_MANY" message: "Wait." retryable: true }
};`;

test("groups declared errors by the status of the table", () => {
  const { operation } = operationOf('get: "/v1/{name}"', request, { method });
  assert.deepEqual(Object.keys(operation.responses), [
    "200",
    "400",
    "404",
    "429",
    "504",
    "default",
  ]);
  const missing = operation.responses["404"];
  assert.equal(missing?.description, "NOT_FOUND: No such book. | NOT_FOUND: No such shelf.");
  assert.deepEqual(missing?.["x-google-errors"], [
    {
      code: "NOT_FOUND",
      message: "No such book.",
      details: ["name"],
      reason: "BOOK_NOT_FOUND",
      domain: "x.test",
      detailTypes: ["google.rpc.ResourceInfo"],
      retryable: false,
    },
    { code: "NOT_FOUND", message: "No such shelf.", details: [], retryable: false },
  ]);
  const media = missing?.content?.["application/json"];
  assert.deepEqual(media?.schema, { $ref: "#/components/schemas/google.rpc.Status" });
  assert.deepEqual(media?.examples?.BOOK_NOT_FOUND?.value, {
    code: 5,
    message: "No such book.",
    details: [
      {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        reason: "BOOK_NOT_FOUND",
        domain: "x.test",
      },
    ],
  });
});

test("tells the headers of an answer", () => {
  const { operation } = operationOf('get: "/v1/{name}"', request, { method });
  assert.deepEqual(Object.keys(operation.responses["429"]?.headers ?? {}), ["Retry-After"]);
});

test("follows a table that answers otherwise, in its formats", () => {
  const errors: ErrorMapper = {
    bodyFormats: ["google", "problem"],
    toHttp: (failure, context) => ({
      ...defaultErrorMapper.toHttp(failure, context),
      statusCode: 418,
    }),
    responsesOf: (one) =>
      defaultErrorMapper.responsesOf(one).map((response) => ({ ...response, statusCode: 410 })),
  };
  const { operation, document } = operationOf('get: "/v1/{name}"', request, {
    method,
    gateway: { errors },
  });
  assert.deepEqual(Object.keys(operation.responses), ["200", "410", "418", "default"]);
  const content = operation.responses["410"]?.content ?? {};
  assert.deepEqual(Object.keys(content), ["application/json", "application/problem+json"]);
  assert.deepEqual(content["application/problem+json"]?.schema, {
    $ref: "#/components/schemas/fastify.grpc.v1.Problem",
  });
  // The table answers with another status than it declares: no example shows what does not happen.
  assert.equal(content["application/json"]?.examples, undefined);
  assert.ok(document.components.schemas?.["fastify.grpc.v1.GoogleError"]);
});

test("adds what policies answer, and leaves out what cannot happen", () => {
  const responsesOf = () => [
    {
      statusCode: 401,
      code: "UNAUTHENTICATED" as const,
      message: "No token.",
      details: [],
      detailTypes: [],
      headers: ["www-authenticate"],
    },
  ];
  const { operation } = operationOf('get: "/v1/x"', "message Request {}", {
    signature: "(Request) returns (stream Response)",
    gateway: { policies: [Object.assign(() => {}, { responsesOf })] },
  });
  // No input that could be malformed, no deadline of a stream.
  assert.deepEqual(Object.keys(operation.responses), ["200", "401", "default"]);
  assert.ok(operation.responses["401"]?.headers?.["WWW-Authenticate"]);
});

test("knows the details that errors carry", () => {
  const { document } = operationOf('get: "/v1/{name}"', request, { method });
  const detail = document.components.schemas?.["fastify.grpc.v1.ErrorDetail"];
  const tags = detail?.anyOf?.flatMap((one) => one.allOf?.[0]?.properties?.["@type"]?.enum ?? []);
  assert.ok(tags?.includes("type.googleapis.com/google.rpc.ResourceInfo"));
  assert.ok(!tags?.includes("type.googleapis.com/google.rpc.DebugInfo"));
  assert.deepEqual(detail?.anyOf?.at(-1), { $ref: "#/components/schemas/google.protobuf.Any" });
});

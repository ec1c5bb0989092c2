import assert from "node:assert/strict";
import { test } from "node:test";
import type { DocumentedHeaders, MethodSchema, Policy } from "grpc-transcoding";
import { operationOf } from "../document-of.ts";

const declared: DocumentedHeaders = {
  request: [
    { name: "X-Need", description: "Must be.", required: true, schema: { type: "string" } },
    { name: "X-May", description: "May be.", schema: { type: "integer" } },
  ],
  response: [{ name: "X-Tells", description: "What it tells.", schema: { type: "string" } }],
};

function declaring(headersOf: (method: MethodSchema) => DocumentedHeaders): Policy {
  return Object.assign(() => {}, { headersOf });
}

const messages = "message Request {}";

test("an operation has the headers that the gateway's policies read and set", () => {
  for (const signature of [
    "(Request) returns (Response)",
    "(Request) returns (stream Response)",
    "(Request) returns (google.api.HttpBody)",
  ]) {
    const asked: string[] = [];
    const policy = declaring(({ path }) => {
      asked.push(path);
      return declared;
    });
    const { operation } = operationOf('get: "/v1/x"', messages, {
      signature,
      gateway: { policies: [() => {}, policy] },
    });
    assert.deepEqual(operation.parameters, [
      {
        name: "X-Need",
        in: "header",
        description: "Must be.",
        required: true,
        schema: { type: "string" },
      },
      { name: "X-May", in: "header", description: "May be.", schema: { type: "integer" } },
    ]);
    const { headers } = operation.responses["200"] ?? {};
    assert.deepEqual(headers, {
      "X-Tells": { description: "What it tells.", schema: { type: "string" } },
    });
    assert.equal(new Set(asked).size, 1);
  }
});

test("an operation of a method that no policy reads headers of has none", () => {
  const policy = declaring(() => ({ request: [], response: [] }));
  const { operation } = operationOf('get: "/v1/x"', messages, {
    signature: "(Request) returns (Response)",
    gateway: { policies: [policy] },
  });
  assert.equal(operation.parameters, undefined);
  assert.equal(operation.responses["200"]?.headers, undefined);
});

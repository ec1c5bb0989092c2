import assert from "node:assert/strict";
import { test } from "node:test";
import { operationOf } from "../document-of.ts";

const binary = { "*/*": { schema: { type: "string", format: "binary" } } };
const nested = `message Request { string name = 1; google.api.HttpBody content = 2; }
  message File { google.api.HttpBody content = 1; }`;
const plain = "message Request { string name = 1; }";

for (const stream of ["", "stream "]) {
  const kind = stream === "" ? "one message" : "a stream";
  test(`an HttpBody is bytes of any type, as ${kind} and as its field, of requests and of responses`, () => {
    const whole = operationOf('post: "/v1/a" body: "*"', plain, {
      signature: `(${stream}google.api.HttpBody) returns (${stream}google.api.HttpBody)`,
    }).operation;
    assert.deepEqual(whole.requestBody?.content, binary);
    assert.deepEqual(whole.responses["200"]?.content, binary);
    const rule = 'post: "/v1/{name}" body: "content" response_body: "content"';
    const field = operationOf(rule, nested, {
      signature: `(${stream}Request) returns (${stream}File)`,
    }).operation;
    assert.deepEqual(field.requestBody?.content, binary);
    assert.deepEqual(field.responses["200"]?.content, binary);
  });
}

test("a download that declares ranges shows its request headers, its parts and its 416", () => {
  const { operation } = operationOf('get: "/v1/{name}"', plain, {
    signature: "(Request) returns (stream google.api.HttpBody)",
    method: "option (fastify.grpc.v1.method) = { stream { ranges: true } };",
  });
  const headers = operation.parameters?.filter((one) => one.in === "header");
  assert.deepEqual(
    headers?.map(({ name }) => name),
    ["Range", "If-Range"],
  );
  assert.ok(headers?.every(({ required }) => required !== true));
  const { 200: whole, 206: part, 416: none } = operation.responses;
  assert.deepEqual(whole?.headers?.["Accept-Ranges"]?.schema, { type: "string", enum: ["bytes"] });
  assert.deepEqual(part?.content, binary);
  assert.deepEqual(Object.keys(part?.headers ?? {}), ["Accept-Ranges", "Content-Range"]);
  assert.deepEqual(Object.keys(none?.headers ?? {}), ["Content-Range"]);
  assert.ok(none?.content?.["application/json"]);
});

test("a download that declares none shows none of it", () => {
  const { operation } = operationOf('get: "/v1/{name}"', plain, {
    signature: "(Request) returns (stream google.api.HttpBody)",
  });
  assert.deepEqual(
    operation.parameters?.filter((one) => one.in === "header"),
    [],
  );
  assert.deepEqual(Object.keys(operation.responses), ["200", "400", "default"]);
  assert.equal(operation.responses["200"]?.headers, undefined);
});

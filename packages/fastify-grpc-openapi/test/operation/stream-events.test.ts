import assert from "node:assert/strict";
import { test } from "node:test";
import { streamEncoders } from "grpc-transcoding";
import type { OperationObject } from "../../src/model/openapi.ts";
import { operationOf, type Setup } from "../document-of.ts";

const messages = `
  message Request { int64 after = 1; }
  enum Kind { KIND_UNSPECIFIED = 0; ADDED = 1; }
  message Event { string id = 1; Kind kind = 2; int32 wait = 3; }`;

function operation(stream: string, setup: Setup = {}): OperationObject {
  return operationOf('get: "/v1/events"', messages, {
    signature: "(Request) returns (stream Event)",
    method: `option (fastify.grpc.v1.method) = { stream { ${stream} } };`,
    ...setup,
  }).operation;
}

function parameterOf(stream: string, setup: Setup = {}): unknown {
  return operation(stream, setup).parameters?.find(({ in: place }) => place === "header");
}

test("the item of an event stream has the lines that fields make, in every version", () => {
  const lines = {
    id: { type: "string" },
    event: { type: "string", enum: ["KIND_UNSPECIFIED", "ADDED"] },
    retry: { type: "integer", minimum: 0 },
  };
  const stream = 'event_id: "id" event: "kind" retry: "wait"';
  const contentIn = (openapi: string) =>
    operation(stream, { openapi }).responses["200"]?.content as Record<string, unknown>;
  const media = contentIn("3.2.0")["text/event-stream"] as {
    itemSchema: { anyOf: { properties: object }[] };
  };
  const [first] = media.itemSchema.anyOf;
  const { data, ...shown } = { data: undefined, ...first?.properties };
  assert.deepEqual(shown, lines);
  assert.ok("contentSchema" in Object(data));
  const older = contentIn("3.1.0");
  const { "x-stream": items } = older["text/event-stream"] as { "x-stream": { event: unknown } };
  assert.deepEqual(items.event, lines);
  assert.doesNotMatch(JSON.stringify(older["application/x-ndjson"]), /retry/);
});

test("a stream whose events have ids takes a Last-Event-ID, of the type of its field", () => {
  assert.deepEqual(parameterOf('last_event_id: "after"'), {
    name: "Last-Event-ID",
    in: "header",
    description:
      "The id of the last event that the client has, of `text/event-stream` alone. It takes the place of `after`.",
    schema: { type: "string", format: "int64" },
  });
  assert.deepEqual((parameterOf('event_id: "id"') as { schema: object }).schema, {
    type: "string",
  });
});

test("a stream without ids, or without event streams, takes no Last-Event-ID", () => {
  assert.equal(parameterOf('event: "kind"'), undefined);
  const gateway = { streamEncoders: streamEncoders("bare", ["ndjson"]) };
  assert.equal(parameterOf('event_id: "id"', { gateway }), undefined);
});

test("fields that the gateway's option names go before those of the annotation", () => {
  const gateway = { eventsOf: () => ({}) };
  assert.equal(parameterOf('event_id: "id"', { gateway }), undefined);
});

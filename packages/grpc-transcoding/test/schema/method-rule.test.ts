import assert from "node:assert/strict";
import { test } from "node:test";
import { createSchema, type MethodSchema, SchemaError } from "grpc-transcoding";
import { compileProtos, testFile } from "./in-memory-protos.ts";

/** The methods of a service whose rpcs are these, with messages for their events. */
function methodsOf(rpcs: string): readonly MethodSchema[] {
  const set = compileProtos({
    "test/v1/items.proto": testFile(`
      import "google/protobuf/duration.proto";
      message Ask { string group = 1; int64 after = 2; repeated string tags = 3; bool all = 4; }
      message Place { uint64 revision = 1; }
      enum Kind { KIND_UNSPECIFIED = 0; ADDED = 1; }
      message Event {
        Place place = 1;
        Kind kind = 2;
        google.protobuf.Duration wait = 3;
        bytes blob = 4;
        repeated int32 numbers = 5;
      }
      service Items { ${rpcs} }`),
  });
  return createSchema(set).services[0]?.methods ?? [];
}

function problemsOf(rpcs: string): readonly string[] {
  try {
    methodsOf(rpcs);
  } catch (error) {
    if (error instanceof SchemaError) return error.problems.map(({ message }) => message);
    throw error;
  }
  return [];
}

function watch(stream: string, kind = "Ask) returns (stream Event"): string {
  return `rpc Watch(${kind}) { option (fastify.grpc.v1.method) = { ${stream} }; }`;
}

test("the fields of a method's events are resolved against its messages", () => {
  const [method] = methodsOf(
    watch(
      `stream { event_id: "place.revision" event: "kind" retry: "wait" last_event_id: "after" }`,
    ),
  );
  const { eventId, event, retry, lastEventId } = method?.events ?? {};
  assert.deepEqual(
    [eventId, event, retry, lastEventId].map((field) => field?.path),
    ["place.revision", "kind", "wait", "after"],
  );
  assert.equal(eventId?.fields.at(-1)?.parent.name, "Place");
  assert.equal(lastEventId?.fields[0].parent.name, "Ask");
});

test("a method whose rule names no field has none", () => {
  assert.deepEqual(methodsOf(watch(`stream {}`))[0]?.events, {});
  assert.deepEqual(methodsOf("rpc Watch(Ask) returns (stream Event);")[0]?.events, {});
});

test("a field that no event can have is refused with the place of the rpc and the fields there are", () => {
  const cases: readonly [string, RegExp][] = [
    [
      `event_id: "nope"`,
      /stream\.event_id: "nope" is not a field of test\.v1\.Event \(fields: place, /,
    ],
    [
      `event_id: "blob"`,
      /stream\.event_id: "blob" must be a string or an integer, and not repeated/,
    ],
    [`event_id: "numbers"`, /stream\.event_id: "numbers" must be a string or an integer/],
    [`event: "place"`, /stream\.event: "place" must be a string or an enum/],
    [`event: "place.revision"`, /stream\.event: "place\.revision" must be a string or an enum/],
    [`retry: "place"`, /stream\.retry: "place" must be an integer of milliseconds or a google/],
    [`last_event_id: "tags"`, /stream\.last_event_id: "tags" must be a string or an integer/],
    [`last_event_id: "all"`, /stream\.last_event_id: "all" must be a string or an integer/],
    [`last_event_id: "kind"`, /stream\.last_event_id: "kind" is not a field of test\.v1\.Ask/],
  ];
  for (const [stream, expected] of cases) {
    const problems = problemsOf(watch(`stream { ${stream} }`));
    assert.equal(problems.length, 1, stream);
    assert.match(problems[0] ?? "", expected);
    assert.match(problems[0] ?? "", /^test\/v1\/items\.proto:\d+:\d+: test\.v1\.Items\.Watch: /);
  }
});

test("a method that streams no responses has no events, and one that streams requests no last one", () => {
  assert.match(
    problemsOf(watch(`stream { event_id: "kind" }`, "Ask) returns (Event"))[0] ?? "",
    /stream\.event_id: the method does not stream its responses/,
  );
  assert.match(
    problemsOf(
      watch(`stream { last_event_id: "after" }`, "stream Ask) returns (stream Event"),
    )[0] ?? "",
    /stream\.last_event_id: the method streams its requests/,
  );
});

test("a variable of the path cannot be the last event's id: the header would choose another resource", () => {
  const rpc = `rpc Watch(Ask) returns (stream Event) {
    option (google.api.http) = { get: "/v1/{group=groups/*}" };
    option (fastify.grpc.v1.method) = { stream { last_event_id: "group" } };
  }`;
  assert.match(problemsOf(rpc)[0] ?? "", /last_event_id: "group" is a variable of the path/);
});

test("a method's deadline is read in milliseconds, and must be above zero", () => {
  const deadlineMs = (deadline: string): unknown => methodsOf(watch(deadline))[0]?.deadlineMs;
  assert.equal(deadlineMs("deadline { seconds: 5 nanos: 250000000 }"), 5_250);
  assert.equal(deadlineMs("stream {}"), undefined);
  for (const none of ["deadline {}", "deadline { seconds: -1 }"]) {
    assert.match(
      problemsOf(watch(none))[0] ?? "",
      /Items\.Watch: \(fastify\.grpc\.v1\.method\)\.deadline: must be a time above zero/,
    );
  }
});

test("a method says whether its requests have keys, unless it streams", () => {
  const unary = "Ask) returns (Event";
  const keyOf = (rule: string): unknown => methodsOf(watch(rule, unary))[0]?.idempotencyKey;
  assert.equal(keyOf("idempotency { key: REQUIRED }"), "required");
  assert.equal(keyOf("idempotency { key: OPTIONAL }"), "optional");
  assert.equal(keyOf("idempotency {}"), undefined);
  assert.equal(keyOf("stream {}"), undefined);
  for (const kind of ["Ask) returns (stream Event", "stream Ask) returns (Event"]) {
    assert.match(
      problemsOf(watch("idempotency { key: REQUIRED }", kind))[0] ?? "",
      /Items\.Watch: \(fastify\.grpc\.v1\.method\)\.idempotency: a method that streams/,
    );
    assert.deepEqual(problemsOf(watch("idempotency {}", kind)), []);
  }
});

test("rules of an older copy of the annotations have no events and no deadline", () => {
  const older = `syntax = "proto3"; package fastify.grpc.v1;
    import "google/protobuf/descriptor.proto";
    message MethodRule { string stream = 2; }
    extend google.protobuf.MethodOptions { MethodRule method = 51234; }`;
  const set = compileProtos({
    "test/v1/items.proto": testFile(
      `service Items { rpc Watch(Item) returns (stream Item) {
        option (fastify.grpc.v1.method) = { stream: "name" };
      } }`,
    ),
    "fastify/grpc/v1/annotations.proto": older,
  });
  const [method] = createSchema(set).services[0]?.methods ?? [];
  assert.deepEqual([method?.events, method?.deadlineMs], [{}, undefined]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { create, type DescMessage, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { createSchema, StatusError, type StreamEvent } from "grpc-transcoding";
import {
  compileEventReader,
  type EventFieldNames,
  resolveEventFields,
} from "grpc-transcoding/internal";
import { compileProtos, testFile } from "../schema/in-memory-protos.ts";

const schema = createSchema(
  compileProtos({
    "test/v1/items.proto": testFile(`
      import "google/protobuf/duration.proto";
      enum Kind { KIND_UNSPECIFIED = 0; ADDED = 1; }
      message Ids {
        int32 int32 = 1; uint32 uint32 = 2; sint32 sint32 = 3; fixed32 fixed32 = 4; sfixed32 sfixed32 = 5;
        int64 int64 = 6; uint64 uint64 = 7; sint64 sint64 = 8; fixed64 fixed64 = 9; sfixed64 sfixed64 = 10;
        string string = 11;
        optional int32 given = 12;
        oneof one { string left = 13; string right = 14; }
      }
      message Event {
        bytes before = 1;
        Ids ids = 2;
        Kind kind = 3;
        google.protobuf.Duration wait = 4;
      }
      service Items { rpc Watch(Item) returns (stream Event); }`),
  }),
);
const method = schema.services[0]?.methods[0];
if (method === undefined) throw new Error("no method");
const eventType = method.output;
const idsType = schema.registry.getMessage("test.v1.Ids") as DescMessage;

function reader(names: EventFieldNames): (bytes: Uint8Array) => StreamEvent {
  const fields = resolveEventFields(method as never, names, (name, what) => {
    throw new Error(`${name}: ${what}`);
  });
  const read = compileEventReader(eventType, fields);
  if (read === undefined) throw new Error("no field is named");
  return read;
}

function event(value: object): Uint8Array {
  return toBinary(eventType, create(eventType, value as MessageInitShape<DescMessage>));
}

function ids(value: object): object {
  return create(idsType, value as MessageInitShape<DescMessage>);
}

test("an id is read of integers of every type, at the ends of their ranges, and of strings", () => {
  const values: Record<string, (number | bigint | string)[]> = {
    int32: [1, -1, 2 ** 31 - 1, -(2 ** 31)],
    uint32: [1, 2 ** 32 - 1],
    sint32: [1, -1, 2 ** 31 - 1, -(2 ** 31)],
    fixed32: [1, 2 ** 32 - 1],
    sfixed32: [1, -1, -(2 ** 31)],
    int64: [1n, -1n, 2n ** 53n, 2n ** 63n - 1n, -(2n ** 63n)],
    uint64: [1n, 2n ** 53n - 1n, 2n ** 53n + 1n, 2n ** 64n - 1n],
    sint64: [1n, -1n, 2n ** 63n - 1n, -(2n ** 63n)],
    fixed64: [1n, 2n ** 64n - 1n],
    sfixed64: [1n, -1n, -(2n ** 63n)],
    string: ["a", "ünïcode 🎉", "x".repeat(300)],
  };
  for (const [name, list] of Object.entries(values)) {
    const read = reader({ eventId: `ids.${name}` });
    for (const value of list) {
      const bytes = event({ before: new Uint8Array(200), ids: ids({ [name]: value }) });
      assert.equal(read(bytes).id, String(value), name);
    }
  }
});

test("a field that is not set makes no line, one that is set to zero does", () => {
  const read = reader({ eventId: "ids.given", event: "kind", retry: "wait" });
  const none = { id: undefined, event: undefined, retry: undefined };
  assert.deepEqual(read(event({})), none);
  assert.deepEqual(read(event({ ids: ids({}) })), none);
  assert.equal(read(event({ ids: ids({ given: 0 }) })).id, "0");
});

test("a type is read of an enum's names, and a retry of a duration in milliseconds", () => {
  const read = reader({ event: "kind", retry: "wait" });
  const wait = (seconds: bigint, nanos: number): object => ({ kind: 1, wait: { seconds, nanos } });
  assert.deepEqual(read(event(wait(2n, 500_999_999))), {
    id: undefined,
    event: "ADDED",
    retry: "2500",
  });
  assert.equal(read(event(wait(-1n, 0))).retry, undefined);
  assert.equal(read(event({ kind: 77 })).event, "77");
});

test("a value that would break out of its line, or that an EventSource does not take, is left out", () => {
  const read = reader({ eventId: "ids.string", event: "ids.left" });
  for (const hostile of ["1\ndata: x", "1\r2", "1\0", ""]) {
    const message = event({ ids: ids({ string: hostile, one: { case: "left", value: hostile } }) });
    assert.deepEqual(read(message), { id: undefined, event: undefined, retry: undefined });
  }
});

test("the gateway's own events are none that a message can be", () => {
  const read = reader({ event: "ids.string" });
  const eventOf = (name: string): unknown => read(event({ ids: ids({ string: name }) })).event;
  assert.deepEqual(["error", "end", "errors", "End"].map(eventOf), [
    undefined,
    undefined,
    "errors",
    "End",
  ]);
});

test("messages in pieces are merged: the last value counts, and another member of its oneof unsets it", () => {
  const readInt = reader({ eventId: "ids.int32" });
  const joined = Buffer.concat([
    event({ ids: ids({ int32: 1 }) }),
    event({ ids: ids({ int32: 2 }) }),
    event({ ids: ids({ string: "x" }) }),
  ]);
  assert.equal(readInt(joined).id, "2");

  const readLeft = reader({ eventId: "ids.left" });
  const left = event({ ids: ids({ one: { case: "left", value: "l" } }) });
  const right = event({ ids: ids({ one: { case: "right", value: "r" } }) });
  assert.equal(readLeft(Buffer.concat([left, right])).id, undefined);
  assert.equal(readLeft(Buffer.concat([right, left])).id, "l");
});

test("bytes that are no message are the upstream's fault, wherever they break off", () => {
  const read = reader({ eventId: "ids.string", retry: "wait" });
  const bytes = event({
    before: new Uint8Array(3),
    ids: ids({ string: "abc", int64: 2n ** 60n, fixed64: 1n }),
    wait: { seconds: 1n, nanos: 0 },
  });
  let refused = 0;
  for (let length = 0; length < bytes.length; length++) {
    try {
      read(bytes.subarray(0, length));
    } catch (error) {
      assert.ok(error instanceof StatusError, String(error));
      assert.equal(error.origin, "upstream");
      refused += 1;
    }
  }
  // Whole without it are nothing, the first field alone, and the first two.
  assert.equal(refused, bytes.length - 3);
  assert.throws(() => read(Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff])), StatusError);
});

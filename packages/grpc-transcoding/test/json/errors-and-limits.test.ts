import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { capacity } from "../../src/json/output-buffer.ts";
import {
  bytes,
  messageNamed,
  proto3,
  testCodec,
  toJson,
  toWire,
  violationsOf,
} from "./test-messages.ts";

function lengthDelimited(field: number, payload: Uint8Array): Uint8Array {
  return new BinaryWriter().tag(field, WireType.LengthDelimited).bytes(payload).finish();
}

describe("errors and limits", () => {
  it("reports everything that is wrong with a message, with paths", () => {
    const text = `{
      "optionalInt32": "x",
      "repeatedNestedMessage": [{"a": 1}, {"a": "y", "corecursive": {"mapStringString": {"two words": 1}}}],
      "mapInt32NestedMessage": 3,
      "optionalTimestamp": "yesterday",
      "optionalAny": {"@type": "x/protobuf_test_messages.proto3.ForeignMessage", "c": []},
      "optionalStruct": []
    }`;
    assert.deepEqual(
      violationsOf(() => toWire(proto3, text)).map((line) => line.replace(/ expected.*/, "")),
      [
        "optionalInt32: int32",
        "repeatedNestedMessage[1].a: int32",
        'repeatedNestedMessage[1].corecursive.mapStringString["two words"]: string',
        `mapInt32NestedMessage: ${proto3.typeName} has no such field`,
        "optionalTimestamp: RFC 3339 timestamp",
        "optionalAny.c: int32",
        "optionalStruct: object",
      ],
    );
  });

  it("reports 20 violations at most, with short excerpts", () => {
    const many = JSON.stringify({ repeatedInt32: Array(50).fill("y".repeat(500)) });
    const found = violationsOf(() => toWire(proto3, many));
    assert.equal(found.length, 20);
    assert.ok(found.every((line) => line.length < 100));
  });

  const nested = (depth: number): string =>
    `${'{"recursiveMessage":'.repeat(depth)}{}${"}".repeat(depth)}`;

  it("takes messages 100 deep and no deeper, both ways", () => {
    const wire = toWire(proto3, nested(99));
    assert.equal(toJson(proto3, wire), nested(99));
    assert.throws(() => toWire(proto3, nested(100)), /more than 100 deep/);
    const deeper = Buffer.concat([
      bytes("da01"),
      Buffer.from([0x80 | (wire.length & 127), wire.length >> 7]),
      wire,
    ]);
    assert.throws(() => toJson(proto3, deeper), /more than 100 deep/);
  });

  it("takes no more depth in Struct, Value and groups", () => {
    const list = (depth: number): string =>
      `{"optionalValue":${"[".repeat(depth)}${"]".repeat(depth)}}`;
    assert.equal(toJson(proto3, toWire(proto3, list(90))), list(90));
    assert.throws(() => toWire(proto3, list(200)), /deep/);
    assert.throws(() => toJson(proto3, Buffer.alloc(100_000, bytes("c33e"))), /deep/);
    assert.throws(
      () => toWire(proto3, `${"[".repeat(100_000)}${"]".repeat(100_000)}`),
      /object expected/,
    );
  });

  const nestedValue = (depth: number, wrap: (value: Uint8Array) => Uint8Array): Uint8Array => {
    let value = lengthDelimited(3, Buffer.from("x"));
    for (let i = 0; i < depth; i++) value = wrap(value);
    return value;
  };
  const wraps: Record<string, (value: Uint8Array) => Uint8Array> = {
    lists: (value) => lengthDelimited(6, lengthDelimited(1, value)),
    "lists in two parts": (value) =>
      Buffer.concat([lengthDelimited(6, Buffer.alloc(0)), wraps.lists?.(value) as Uint8Array]),
    structs: (value) => {
      const entry = [lengthDelimited(1, Buffer.from("a")), lengthDelimited(2, value)];
      return lengthDelimited(5, lengthDelimited(1, Buffer.concat(entry)));
    },
  };
  for (const [what, wrap] of Object.entries(wraps)) {
    it(`takes a Value of ${what} 80 deep from a service, and none without end`, () => {
      const valueType = messageNamed("google.protobuf.Value");
      assert.match(toJson(valueType, nestedValue(80, wrap)), /"x"/);
      assert.throws(() => toJson(valueType, nestedValue(400, wrap)), /more than 100 deep/);
    });
  }

  it("gives back the buffer that a large message needed", () => {
    const text = JSON.stringify({ optionalString: "x".repeat(3 << 20) });
    const wire = testCodec().textToWire(proto3)(Buffer.from(text));
    assert.ok(capacity <= 1 << 20, `${capacity} bytes are kept after the way to the wire`);
    assert.equal(testCodec().toJson(proto3)(wire).length, text.length);
    assert.ok(capacity <= 1 << 20, `${capacity} bytes are kept after the way back`);
  });

  it("a getter may call the codec again", () => {
    const codec = testCodec();
    const write = codec.toWire(proto3);
    const value = {
      optionalString: "before",
      get repeatedString() {
        return [toJson(proto3, write({ optionalString: "x".repeat(10_000) })).slice(0, 19)];
      },
      optionalInt32: 1,
    };
    assert.equal(
      toJson(proto3, write(value)),
      '{"optionalInt32":1,"optionalString":"before","repeatedString":["{\\"optionalString\\":\\""]}',
    );
  });

  it("large messages and those after a failure are written right", () => {
    const text = JSON.stringify({
      repeatedString: Array.from({ length: 3000 }, (_, i) => "é".repeat(i % 900)),
    });
    for (let i = 0; i < 2; i++) {
      assert.equal(toJson(proto3, toWire(proto3, text)), text);
      assert.throws(() => toWire(proto3, '{"optionalInt32":"x"}'));
      assert.throws(() => toJson(proto3, bytes("9201 02 0a05")));
    }
  });
});

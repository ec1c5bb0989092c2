import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createFileRegistry, type DescMessage, type FileRegistry } from "@bufbuild/protobuf";
import { createJsonCodec, type JsonCodec } from "grpc-transcoding";
import { compile } from "proto-to-descriptor";
import { bytes, toJson, violationsOf } from "./test-messages.ts";

// Declared by number, as the messages of the conformance suite are not: only such are tried in one pass.
const files: FileRegistry = createFileRegistry(
  compile({
    files: ["t.proto"],
    includeDirs: [],
    readFile: () => `
      edition = "2023";
      enum Closed { option features.enum_type = CLOSED; ZERO = 0; ONE = 1; }
      message T {
        int32 a = 1;
        repeated int32 list = 2;
        T t = 3;
        oneof o { int32 x = 4; string y = 5; T z = 6; }
        Closed closed = 7;
        map<string, int32> map = 8;
        int32 high = 300;
      }
      message R { int32 a = 1 [features.field_presence = LEGACY_REQUIRED]; int32 b = 2; }
      message I { int32 a = 1 [features.field_presence = IMPLICIT]; string s = 2; }
    `,
  }),
);
const [T, R, I] = ["T", "R", "I"].map((name) => files.getMessage(name)) as [
  DescMessage,
  DescMessage,
  DescMessage,
];

/** A codec that has met no message yet: a type that came out of order is not tried in order again. */
function newCodec(emit: "set" | "implicit" = "set"): JsonCodec {
  return createJsonCodec(files, {
    naming: "json",
    emit,
    enums: "name",
    unknownFields: "reject",
  });
}

const fields: readonly [wire: string, json: string][] = [
  ["0801", '"a":1'],
  ["1002 1003", '"list":[2,3]'],
  ["1a04 0804 1005", '"t":{"a":4,"list":[5]}'],
  ["2a0161", '"y":"a"'],
  ["3801", '"closed":"ONE"'],
  ["4205 0a0162 1006 4205 0a0163 1007", '"map":{"b":6,"c":7}'],
  ["e01207", '"high":7'],
];
const all = `{${fields.map(([, json]) => json).join(",")}}`;
const inOrder = fields.map(([wire]) => wire).join(" ");

describe("fields in order and out of order", () => {
  it("fields in order print as they come", () => {
    assert.equal(toJson(T, bytes(inOrder), newCodec()), all);
    for (const [wire, json] of fields) {
      assert.equal(toJson(T, bytes(wire), newCodec()), `{${json}}`);
    }
  });

  it("each two fields in the wrong order print in the schema's, and so does what comes later", () => {
    for (const i of fields.keys()) {
      for (let j = 0; j < i; j++) {
        const swapped = fields.map(([wire]) => wire);
        [swapped[i], swapped[j]] = [swapped[j] as string, swapped[i] as string];
        const codec = newCodec();
        assert.equal(toJson(T, bytes(swapped.join("")), codec), all);
        assert.equal(toJson(T, bytes(inOrder), codec), all);
      }
    }
  });

  const read: [title: string, hex: string, json: string][] = [
    ["a scalar that comes twice counts the last time", "0801 0802", '{"a":2}'],
    ["a message that comes twice is merged", "1a020801 1a021002", '{"t":{"a":1,"list":[2]}}'],
    ["a list in two parts comes together", "1001 2a0161 1002", '{"list":[1,2],"y":"a"}'],
    ["a list mixes packed and unpacked", "1001 12020203 1004", '{"list":[1,2,3,4]}'],
    ["of a oneof the later member counts", "2001 2a0161", '{"y":"a"}'],
    ["an unknown number of a closed enum is no member", "3801 3805", '{"closed":"ONE"}'],
    ["unknown fields may stand anywhere", "5001 0801 5001 1002 5001", '{"a":1,"list":[2]}'],
    ["an unknown number of a closed enum is no field", "3805", "{}"],
    ["a field of another wire type is unknown", "0d01000000 1001", '{"list":[1]}'],
    [
      "only an inner message is out of order",
      "0801 1a04 1005 0804",
      '{"a":1,"t":{"a":4,"list":[5]}}',
    ],
  ];
  for (const [title, hex, json] of read) {
    it(title, () => assert.equal(toJson(T, bytes(hex), newCodec()), json));
  }

  it("unset fields print between those that are set", () => {
    assert.equal(toJson(I, bytes("120161"), newCodec("implicit")), '{"a":0,"s":"a"}');
    assert.equal(toJson(I, bytes("0800 120161"), newCodec("set")), '{"s":"a"}');
    assert.equal(toJson(T, bytes("2a0161"), newCodec("implicit")), '{"list":[],"y":"a","map":{}}');
  });

  it("errors have their path whatever the order", () => {
    const refusals: [message: DescMessage, hex: string, violation: string][] = [
      [T, "0801 1a03 2a01ff", "t.y: a string is not valid UTF-8"],
      [T, "1a03 2a01ff 0801", "t.y: a string is not valid UTF-8"],
      [T, "0801 2a0561", ": the bytes end in the middle of a value"],
      [T, "1a0108 1001", "t: the bytes end in the middle of a value"],
      [T, "1a04 2a0361", ": the bytes end in the middle of a value"],
      [R, "1001", "a: a required field is missing"],
      [R, "", "a: a required field is missing"],
    ];
    for (const [message, hex, violation] of refusals) {
      assert.deepEqual(
        violationsOf(() => toJson(message, bytes(hex), newCodec())),
        [violation],
      );
    }
  });

  it("a mistake deep inside costs a second run, not one a level", () => {
    let wire = bytes("2a01ff");
    for (let level = 0; level < 60; level++) {
      const length =
        wire.length < 128 ? [wire.length] : [(wire.length & 127) | 128, wire.length >> 7];
      wire = Buffer.concat([Buffer.from([26, ...length]), wire]);
    }
    const path = `${"t.".repeat(60)}y`;
    assert.deepEqual(
      violationsOf(() => toJson(T, wire, newCodec())),
      [`${path}: a string is not valid UTF-8`],
    );
  });
});

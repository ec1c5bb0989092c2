import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createFileRegistry, type DescMessage } from "@bufbuild/protobuf";
import { compile } from "proto-to-descriptor";
import { proto3, testCodec, toJson, toWire, violationsOf } from "./test-messages.ts";

describe("field names", () => {
  it("takes JSON names and proto names", () => {
    assert.equal(toJson(proto3, toWire(proto3, '{"optional_int32":1}')), '{"optionalInt32":1}');
    assert.equal(
      toJson(proto3, toWire(proto3, '{"optionalInt32":1}'), testCodec({ naming: "proto" })),
      '{"optional_int32":1}',
    );
  });

  it("rejects a field under both names, unless one is null", () => {
    const both = '{"optionalInt32":1,"optional_int32":2}';
    assert.deepEqual(
      violationsOf(() => toWire(proto3, both)),
      ['optional_int32: "optional_int32" and "optionalInt32" are one field: give one of them'],
    );
    assert.equal(
      toJson(proto3, toWire(proto3, '{"optional_int32":2,"optionalInt32":null}')),
      '{"optionalInt32":2}',
    );
    assert.equal(
      toJson(proto3, toWire(proto3, '{"optionalInt32":null,"optional_int32":2}')),
      '{"optionalInt32":2}',
    );
  });

  it("rejects two members of a oneof, unless one is null", () => {
    assert.deepEqual(
      violationsOf(() => toWire(proto3, '{"oneofUint32":"x","oneofString":"a"}')).length,
      2,
      "one that is wrong counts as well",
    );
    assert.deepEqual(
      violationsOf(() => toWire(proto3, '{"oneofUint32":1,"oneofString":"a"}')),
      ['oneofString: only one field of the oneof "oneof_field" may be set'],
    );
    assert.equal(
      toJson(proto3, toWire(proto3, '{"oneofUint32":null,"oneofString":"a"}')),
      '{"oneofString":"a"}',
    );
  });

  it("tells more than 32 oneofs of one message apart", () => {
    const oneofs = Array.from(
      { length: 40 },
      (_, i) => `oneof o${i} { int32 a${i} = ${2 * i + 1}; int32 b${i} = ${2 * i + 2}; }`,
    );
    const files = createFileRegistry(
      compile({
        files: ["t.proto"],
        includeDirs: [],
        readFile: () => `syntax = "proto3"; message T { ${oneofs.join(" ")} }`,
      }),
    );
    const message = files.getMessage("T") as DescMessage;
    const all = `{${oneofs.map((_, i) => `"a${i}":0`).join(",")}}`;
    assert.equal(toJson(message, toWire(message, all)), all);
    assert.throws(() => toWire(message, '{"a3":1,"b3":2}'), /oneof "o3"/);
    assert.throws(() => toWire(message, '{"a39":1,"b39":2}'), /oneof "o39"/);
    assert.doesNotThrow(() => toWire(message, '{"a0":1,"a32":2}'));
  });

  it("unknown fields are rejected or ignored", () => {
    assert.deepEqual(
      violationsOf(() => toWire(proto3, '{"nope":1,"optionalNestedMessage":{"x":{}}}')),
      [
        `nope: ${proto3.typeName} has no such field`,
        `optionalNestedMessage.x: ${proto3.typeName}.NestedMessage has no such field`,
      ],
    );
    const lenient = testCodec({ unknownFields: "ignore" });
    const text =
      '{"nope":{"a":[1]},"optionalNestedEnum":"NEW","repeatedNestedEnum":["NEW","BAR"],' +
      '"mapStringNestedEnum":{"a":"NEW","b":"BAR"},"optionalInt32":1}';
    assert.equal(
      toJson(proto3, toWire(proto3, text, lenient)),
      '{"optionalInt32":1,"repeatedNestedEnum":["BAR"],"mapStringNestedEnum":{"b":"BAR"}}',
    );
    const twice =
      '{"mapStringNestedEnum":{"a":"BAR","b":"BAR","a":"NEW"},"mapStringNestedEnum":null}';
    assert.equal(toJson(proto3, toWire(proto3, twice, lenient)), "{}");
    assert.equal(
      toJson(proto3, toWire(proto3, '{"mapStringNestedEnum":{"a":"BAR","a":"NEW"}}', lenient)),
      "{}",
      "of equal keys the last counts, which is ignored",
    );
    assert.equal(
      toJson(proto3, toWire(proto3, '{"oneofEnum":"NEW","oneofUint32":1}', lenient)),
      '{"oneofUint32":1}',
      "what is ignored takes no oneof",
    );
  });

  it("nothing is read or written through Object.prototype", (t) => {
    const polluted = Object.prototype as Record<string, unknown>;
    t.after(() => {
      delete polluted.optionalInt32;
    });
    toWire(proto3, '{"optionalInt64":"1","optionalInt32":1}');
    polluted.optionalInt32 = 5;
    assert.equal(toJson(proto3, toWire(proto3, '{"optionalInt64":"1"}')), '{"optionalInt64":"1"}');
    for (const name of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
      assert.throws(() => toWire(proto3, `{"${name}":{}}`), /has no such field/, name);
    }
    assert.equal(({} as Record<string, unknown>).a, undefined);
  });
});

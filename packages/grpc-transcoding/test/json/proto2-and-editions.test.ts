import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  bytes,
  editions,
  messageNamed,
  proto2,
  proto3,
  toJson,
  toWire,
  violationsOf,
} from "./test-messages.ts";

describe("proto2 and editions", () => {
  it("groups, delimited fields and extensions go both ways", () => {
    const two =
      '{"data":{"groupInt32":1},"multiwordgroupfield":{"groupUint32":2},' +
      '"[protobuf_test_messages.proto2.extension_int32]":3,' +
      '"[protobuf_test_messages.proto2.groupfield]":{"groupInt32":4}}';
    assert.equal(toJson(proto2, toWire(proto2, two)), two);
    // A group is its fields between the tags 201 start (cb0c) and 201 end (cc0c).
    assert.equal(toWire(proto2, '{"data":{"groupInt32":1}}').toString("hex"), "cb0cd00c01cc0c");
    const edition =
      '{"groupliketype":{"groupInt32":1},"delimitedField":{"groupUint32":2},' +
      '"[protobuf_test_messages.editions.delimited_ext]":{"c":3}}';
    assert.equal(toJson(editions, toWire(editions, edition)), edition);
  });

  it("the extensions of a message set go both ways, in items", () => {
    const json =
      '{"messageSetCorrect":{"[protobuf_test_messages.proto2.TestAllTypesProto2.' +
      'MessageSetCorrectExtension1.message_set_extension]":{"str":"a"}}}';
    const wire = toWire(proto2, json);
    assert.equal(wire.toString("hex"), "a21f0c0b10f9bb5e1a04ca0101610c");
    assert.equal(toJson(proto2, wire), json);
  });

  it("explicit presence keeps zeros, and unset fields stay away", () => {
    const json = '{"optionalInt32":0,"optionalString":"","defaultInt32":0}';
    assert.equal(toJson(proto2, toWire(proto2, json)), json);
  });

  it("required fields are demanded both ways", () => {
    const message = messageNamed(
      "protobuf_test_messages.proto2.TestAllRequiredTypesProto2.MessageSetCorrectExtension1",
    );
    assert.deepEqual(
      violationsOf(() => toWire(message, "{}")),
      ["str: this field is required"],
    );
    assert.deepEqual(
      violationsOf(() => toJson(message, bytes(""))),
      ["str: a required field is missing"],
    );
    assert.equal(toJson(message, toWire(message, '{"str":""}')), '{"str":""}');
  });

  it("closed enums reject unknown numbers in JSON and take them for unknown fields on the wire", () => {
    assert.throws(() => toWire(proto2, '{"optionalNestedEnum":77}'), /77 is not a value/);
    // optional_nested_enum (21) BAR, then 77; repeated_nested_enum (51) 77, BAR; packed (88) 77, BAR.
    const wire = bytes("a80101 a8014d 98034d 980301 c205024d01");
    assert.equal(
      toJson(proto2, wire),
      '{"optionalNestedEnum":"BAR","repeatedNestedEnum":["BAR"],"packedNestedEnum":["BAR"]}',
    );
    // map_string_nested_enum (73): {"a": 77} is dropped as a whole, {"b": BAR} stays.
    assert.equal(
      toJson(proto2, bytes("ca04050a016110 4d ca04050a01621001")),
      '{"mapStringNestedEnum":{"b":"BAR"}}',
    );
  });

  it("strings without UTF-8 validation print U+FFFD for what is not UTF-8", () => {
    assert.equal(toJson(proto2, bytes("72 03 61ff62")), '{"optionalString":"a\ufffdb"}');
    assert.throws(() => toJson(proto3, bytes("72 03 61ff62")), /optionalString: .*not valid UTF-8/);
  });
});

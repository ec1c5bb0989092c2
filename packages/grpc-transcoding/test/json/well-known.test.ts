import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { JsonError } from "grpc-transcoding";
import { proto3, testCodec, toJson, toWire } from "./test-messages.ts";

const any = "type.googleapis.com";

/** As in scalars.test.ts. The text: the well-known types table of the ProtoJSON format, and each type's .proto file. */
const accepted: [field: string, input: string, output: string | "same" | "unset"][] = [
  // timestamp.proto: RFC 3339, years 0001 to 9999, Z on output.
  ["optionalTimestamp", '"1970-01-01T00:00:00Z"', "same"],
  ["optionalTimestamp", '"0001-01-01T00:00:00Z"', "same"],
  ["optionalTimestamp", '"9999-12-31T23:59:59.999999999Z"', "same"],
  ["optionalTimestamp", '"2000-02-29T12:00:00Z"', "same"],
  ["optionalTimestamp", '"2024-05-06T07:08:09.120Z"', "same"],
  ["optionalTimestamp", '"2024-05-06T07:08:09.12Z"', '"2024-05-06T07:08:09.120Z"'],
  ["optionalTimestamp", '"2024-05-06T07:08:09.000001Z"', "same"],
  ["optionalTimestamp", '"1969-12-31T23:59:59.5Z"', '"1969-12-31T23:59:59.500Z"'],
  ["optionalTimestamp", '"2024-05-06T07:08:09+08:00"', '"2024-05-05T23:08:09Z"'],
  ["optionalTimestamp", '"2024-05-06T07:08:09.5-01:30"', '"2024-05-06T08:38:09.500Z"'],
  ["optionalTimestamp", "null", "unset"],
  // duration.proto: seconds with up to 9 digits, plus or minus 10,000 years.
  ["optionalDuration", '"0s"', "same"],
  ["optionalDuration", '"1.500s"', "same"],
  ["optionalDuration", '"1.5s"', '"1.500s"'],
  ["optionalDuration", '"-0.000000001s"', "same"],
  ["optionalDuration", '"-315576000000s"', "same"],
  ["optionalDuration", '"315576000000.999999999s"', "same"],
  ["optionalDuration", '"-0s"', '"0s"'],
  // field_mask.proto: comma-separated lowerCamel paths.
  ["optionalFieldMask", '"fooBar,baz.quxQuux"', "same"],
  ["optionalFieldMask", '""', "same"],
  ["optionalStruct", '{"a":[1,null,"x",{"b":true}],"":{},"__proto__":[]}', "same"],
  ["optionalStruct", "{}", "same"],
  ["optionalValue", "null", "same"],
  ["optionalValue", "0", "same"],
  ["optionalValue", '""', "same"],
  ["optionalValue", "[[],{}]", "same"],
  ["optionalValue", "12345678901234567890", "12345678901234567000"],
  ["repeatedValue", '[null,1,"a"]', "same"],
  ["repeatedListValue", "[[],[1]]", "same"],
  // wrappers.proto: the scalar itself; null leaves the field unset.
  ["optionalBoolWrapper", "false", "same"],
  ["optionalInt32Wrapper", "0", "same"],
  ["optionalInt64Wrapper", '"-1"', "same"],
  ["optionalUint64Wrapper", "1", '"1"'],
  ["optionalFloatWrapper", "0.1", "same"],
  ["optionalDoubleWrapper", '"Infinity"', "same"],
  ["optionalStringWrapper", '""', "same"],
  ["optionalBytesWrapper", '"AQ=="', "same"],
  ["optionalStringWrapper", "null", "unset"],
  ["repeatedStringWrapper", '["","a"]', "same"],
  // any.proto: the message's fields, or its special form under "value"; Empty has none ("Any").
  ["optionalAny", "{}", "same"],
  ["optionalAny", `{"@type":"${any}/google.protobuf.Duration","value":"1s"}`, "same"],
  ["optionalAny", `{"@type":"${any}/google.protobuf.Int32Value","value":0}`, "same"],
  [
    "optionalAny",
    `{"optionalInt32":1,"@type":"${any}/protobuf_test_messages.proto3.TestAllTypesProto3"}`,
    `{"@type":"${any}/protobuf_test_messages.proto3.TestAllTypesProto3","optionalInt32":1}`,
  ],
  [
    "optionalAny",
    `{"@type":"${any}/google.protobuf.Any","value":{"@type":"${any}/google.protobuf.Value","value":[1]}}`,
    "same",
  ],
];

const rejected: [field: string, input: string, reason: RegExp][] = [
  ["optionalTimestamp", '"0000-01-01T00:00:00Z"', /timestamp/],
  ["optionalTimestamp", '"9999-12-31T23:59:59-00:01"', /0001 to 9999/],
  ["optionalTimestamp", '"0001-01-01T00:00:00+00:01"', /0001 to 9999/],
  ["optionalTimestamp", '"2024-02-30T00:00:00Z"', /timestamp/],
  ["optionalTimestamp", '"1900-02-29T00:00:00Z"', /timestamp/],
  ["optionalTimestamp", '"2024-01-01T23:59:60Z"', /timestamp/],
  ["optionalTimestamp", '"2024-01-01T24:00:00Z"', /timestamp/],
  ["optionalTimestamp", '"2024-01-01t00:00:00Z"', /timestamp/],
  ["optionalTimestamp", '"2024-01-01T00:00:00z"', /timestamp/],
  ["optionalTimestamp", '"2024-01-01 00:00:00Z"', /timestamp/],
  ["optionalTimestamp", '"2024-01-01T00:00:00"', /timestamp/],
  ["optionalTimestamp", '"2024-01-01T00:00:00.Z"', /timestamp/],
  ["optionalTimestamp", '"2024-01-01T00:00:00.0123456789Z"', /timestamp/],
  ["optionalTimestamp", '"2024-01-01T00:00:00+24:00"', /timestamp/],
  ["optionalTimestamp", "0", /timestamp/],
  ["optionalDuration", '"315576000001s"', /within/],
  ["optionalDuration", '"1"', /duration/],
  ["optionalDuration", '"s"', /duration/],
  ["optionalDuration", '"1.s"', /duration/],
  ["optionalDuration", '".5s"', /duration/],
  ["optionalDuration", '"1.0123456789s"', /duration/],
  ["optionalDuration", '"+1s"', /duration/],
  ["optionalDuration", '""', /duration/],
  ["optionalFieldMask", '"foo_bar"', /lowerCamelCase/],
  ["optionalStruct", "[]", /object/],
  ["optionalValue", "1e400", /finite/],
  ["optionalAny", '{"value":"1s"}', /"@type" is missing/],
  ["optionalAny", '{"@type":""}', /type URL/],
  ["optionalAny", '{"@type":1}', /type URL/],
  ["optionalAny", `{"@type":"${any}/none.Such"}`, /no message "none.Such"/],
  ["optionalAny", `{"@type":"${any}/google.protobuf.Duration"}`, /"value" is missing/],
  [
    "optionalAny",
    `{"@type":"${any}/google.protobuf.Duration","value":"1s","x":1}`,
    /beside "value"/,
  ],
  ["repeatedStringWrapper", "[null]", /string/],
];

describe("well-known types", () => {
  for (const [field, input, output] of accepted) {
    const expected =
      output === "unset" ? "{}" : `{"${field}":${output === "same" ? input : output}}`;
    it(`${field} takes ${input.slice(0, 70)}`, () => {
      assert.equal(toJson(proto3, toWire(proto3, `{"${field}":${input}}`)), expected);
    });
  }
  for (const [field, input, reason] of rejected) {
    it(`${field} rejects ${input.slice(0, 70)}`, () => {
      assert.throws(
        () => toWire(proto3, `{"${field}":${input}}`),
        (error) => error instanceof JsonError && reason.test(error.message),
      );
    });
  }

  it("an Any of an unknown type is an error, or base64 by option", () => {
    const details = testCodec({ unknownAny: "base64" });
    const known = toWire(
      proto3,
      `{"optionalAny":{"@type":"${any}/google.protobuf.Duration","value":"1s"}}`,
    );
    const bytes = Buffer.from(known.toString("latin1").replace("Duration", "Nonesuch"), "latin1");
    assert.throws(() => toJson(proto3, bytes), /optionalAny: the schema has no message/);
    assert.equal(
      toJson(proto3, bytes, details),
      `{"optionalAny":{"@type":"${any}/google.protobuf.Nonesuch","value":"CAE="}}`,
    );
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { JsonError } from "grpc-transcoding";
import { proto3, toJson, toWire } from "./test-messages.ts";

/** From JSON to protobuf and back: `same` for what comes out as it went in. Sections name the ProtoJSON format page. */
const accepted: [field: string, input: string, output: string | "same" | "unset"][] = [
  // int32, fixed32, uint32: numbers or strings, exponents in both, integral fractions ("Representation of each type").
  ["optionalInt32", "-2147483648", "same"],
  ["optionalInt32", "2147483647", "same"],
  ["optionalInt32", '"12"', "12"],
  ["optionalInt32", "1e2", "100"],
  ["optionalInt32", '"1e2"', "100"],
  ["optionalInt32", "100000.000", "100000"],
  ["optionalInt32", '"-0"', "unset"],
  ["optionalInt32", "0", "unset"],
  ["optionalInt32", "null", "unset"],
  ["optionalUint32", "4294967295", "same"],
  ["optionalSint32", "-1", "same"],
  ["optionalSint32", "-2147483648", "same"],
  ["optionalFixed32", "4294967295", "same"],
  ["optionalSfixed32", "-2147483648", "same"],
  // int64, fixed64, uint64: decimal strings; numbers are accepted.
  ["optionalInt64", '"-9223372036854775808"', "same"],
  ["optionalInt64", '"9223372036854775807"', "same"],
  ["optionalInt64", "9223372036854775807", '"9223372036854775807"'],
  ["optionalInt64", "-9007199254740993", '"-9007199254740993"'],
  ["optionalInt64", "1", '"1"'],
  ["optionalInt64", '"1.0"', '"1"'],
  ["optionalInt64", '"12.50e1"', '"125"'],
  ["optionalInt64", "1e18", '"1000000000000000000"'],
  ["optionalInt64", '"-0"', "unset"],
  ["optionalUint64", '"18446744073709551615"', "same"],
  ["optionalUint64", "18446744073709551615", '"18446744073709551615"'],
  ["optionalUint64", '"4294967296"', "same"],
  ["optionalSint64", '"-9223372036854775808"', "same"],
  ["optionalSint64", '"9223372036854775807"', "same"],
  ["optionalFixed64", '"18446744073709551615"', "same"],
  ["optionalSfixed64", '"-1"', "same"],
  // float and double; the shortest text that gives the value back.
  ["optionalFloat", "0.1", "same"],
  ["optionalFloat", "3.4028235e38", "3.4028235e+38"],
  ["optionalFloat", "1.175494e-38", "same"],
  ["optionalFloat", "16777216", "same"],
  ["optionalFloat", '"NaN"', "same"],
  ["optionalFloat", "-0", "-0"],
  ["optionalDouble", "1.7976931348623157e308", "1.7976931348623157e+308"],
  ["optionalDouble", "5e-324", "same"],
  ["optionalDouble", '"1.5"', "1.5"],
  ["optionalDouble", '"-Infinity"', "same"],
  ["optionalDouble", "-0", "same"],
  ["optionalDouble", "-0.0", "-0"],
  ["optionalDouble", "12345678901234567890", "12345678901234567000"],
  ["optionalDouble", "0.12345678901234568", "same"],
  ["optionalBool", "true", "same"],
  ["optionalBool", "false", "unset"],
  // Strings: what JSON.stringify escapes and nothing else.
  [
    "optionalString",
    '"\\u0000\\b\\t\\n\\f\\r\\"\\\\/\\u001f\u007f"',
    '"\\u0000\\b\\t\\n\\f\\r\\"\\\\/\\u001f\u007f"',
  ],
  ["optionalString", '"é€😀\u2028\u2029"', "same"],
  ["optionalString", '"\\ud83d\\ude00"', '"😀"'],
  ["optionalString", `"${"数据库,云计算 ".repeat(40)}"`, "same"],
  ["optionalString", `"${"plain ascii text ".repeat(40)}\\n"`, "same"],
  ["optionalString", '""', "unset"],
  // bytes: standard or URL-safe base64, padded or not; printed as standard with padding.
  ["optionalBytes", '"AQI="', "same"],
  ["optionalBytes", '"AQI"', '"AQI="'],
  ["optionalBytes", '"-_8"', '"+/8="'],
  ["optionalBytes", `"${"q83v".repeat(100)}"`, "same"],
  ["optionalBytes", '""', "unset"],
  // Enums: names, aliases and numbers; unknown numbers of open enums stay.
  ["optionalNestedEnum", '"BAR"', "same"],
  ["optionalNestedEnum", "1", '"BAR"'],
  ["optionalNestedEnum", "-1", '"NEG"'],
  ["optionalNestedEnum", "123", "same"],
  ["optionalAliasedEnum", '"moo"', '"ALIAS_BAZ"'],
  // Presence: the zero of an optional or a oneof member is a value ("Presence and default-values").
  ["oneofUint32", "0", "same"],
  ["oneofString", '""', "same"],
  ["oneofBool", "false", "same"],
  ["oneofNullValue", "null", "same"],
  ["optionalNullValue", "null", "unset"],
  // Lists and maps.
  ["repeatedInt32", "[1,2,3]", "same"],
  ["repeatedInt32", "[]", "unset"],
  ["repeatedInt32", "null", "unset"],
  ["unpackedInt32", "[1,-1]", "same"],
  ["repeatedString", '["a","","b"]', "same"],
  ["repeatedNestedMessage", '[{"a":1},{}]', "same"],
  ["repeatedDouble", '[1.5,"NaN"]', "same"],
  ["mapInt32Int32", '{"-2147483648":1,"0":0}', "same"],
  ["mapUint64Uint64", '{"18446744073709551615":"1"}', "same"],
  ["mapBoolBool", '{"true":false}', "same"],
  ["mapStringString", '{"":"","__proto__":"x","constructor":"y","toString":"z"}', "same"],
  ["mapStringNestedMessage", '{"a":{"a":1},"b":{}}', "same"],
  ["mapStringNestedEnum", '{"a":"BAR","b":"FOO"}', "same"],
  ["mapStringString", "{}", "unset"],
];

const rejected: [field: string, input: string, reason: RegExp][] = [
  ["optionalInt32", "1.5", /int32 expected, not 1.5/],
  ["optionalInt32", '" 1"', /int32/],
  ["optionalInt32", '"1 "', /int32/],
  ["optionalInt32", '""', /int32/],
  ["optionalInt32", '"01"', /int32/],
  ["optionalInt32", '"+1"', /int32/],
  ["optionalInt32", '"0x1"', /int32/],
  ["optionalInt32", "true", /int32/],
  ["optionalInt32", "2147483648", /int32/],
  ["optionalInt32", "12345678901234567890", /int32 expected, not 12345678901234567890/],
  ["optionalUint32", "-1", /uint32/],
  ["optionalUint32", "4294967296", /uint32/],
  ["optionalInt64", '"9223372036854775808"', /int64/],
  ["optionalInt64", "9223372036854775808", /int64/],
  ["optionalInt64", '"-9223372036854775809"', /int64/],
  ["optionalInt64", '"0.5"', /int64/],
  ["optionalInt64", '"1e400"', /int64/],
  ["optionalInt64", '"1e-1"', /int64/],
  ["optionalInt64", "1.5", /int64/],
  ["optionalInt64", '"--1"', /int64/],
  ["optionalInt64", '"007"', /int64/],
  ["optionalUint64", '"-1"', /uint64/],
  ["optionalUint64", "-1", /uint64/],
  ["optionalUint64", '"18446744073709551616"', /uint64/],
  ["optionalUint64", '"1e20"', /uint64/],
  ["optionalFloat", "3.5e38", /float/],
  ["optionalFloat", '"-3.5e38"', /float/],
  ["optionalDouble", "1e400", /double/],
  ["optionalDouble", '"1e400"', /double/],
  ["optionalDouble", '"nan"', /double/],
  ["optionalDouble", '"+Infinity"', /double/],
  ["optionalDouble", '""', /double/],
  ["optionalBool", '"true"', /bool/],
  ["optionalBool", "1", /bool/],
  ["optionalString", "1", /string/],
  ["optionalString", '"\\ud800"', /well-formed/],
  ["optionalString", '"\\udc00x"', /well-formed/],
  ["optionalString", `"${"long enough for the native path ".repeat(2)}\\ud800"`, /well-formed/],
  ["optionalBytes", '"A"', /base64/],
  ["optionalBytes", '"AQ=I"', /base64/],
  ["optionalBytes", '"AQI=="', /base64/],
  ["optionalBytes", '"A QI"', /base64/],
  ["optionalBytes", '"AQ\u0149A"', /base64/],
  ["optionalBytes", `"${"q83v".repeat(20)}\u0149AAA"`, /base64/],
  ["optionalBytes", `"${"q83v".repeat(20)} AAA"`, /base64/],
  ["optionalNestedEnum", '"NOPE"', /"NOPE" is not a value of/],
  ["optionalNestedEnum", "1.5", /name or number/],
  ["optionalNestedEnum", "2147483648", /name or number/],
  ["optionalNestedEnum", '"1"', /is not a value/],
  ["optionalNestedMessage", "[]", /object expected, not an array/],
  ["optionalNestedMessage", '"x"', /object expected, not "x"/],
  ["repeatedInt32", "[null]", /int32 expected, not null/],
  ["repeatedInt32", "1", /array/],
  ["repeatedInt32", '{"0":1}', /array/],
  ["repeatedNestedMessage", "[null]", /object/],
  ["mapInt32Int32", '{"1.0":1}', /integer map key/],
  ["mapInt32Int32", '{"+1":1}', /integer map key/],
  ["mapInt32Int32", '{"01":1}', /integer map key/],
  ["mapInt32Int32", '{"2147483648":1}', /int32/],
  ["mapBoolBool", '{"True":true}', /map key/],
  ["mapStringString", '{"a":null}', /string expected, not null/],
  ["mapStringString", '["a"]', /object/],
];

describe("scalars, enums, lists and maps", () => {
  for (const [field, input, output] of accepted) {
    const expected =
      output === "unset" ? "{}" : `{"${field}":${output === "same" ? input : output}}`;
    it(`${field} takes ${input.slice(0, 60)}`, () => {
      const bytes = toWire(proto3, `{"${field}":${input}}`);
      assert.equal(toJson(proto3, bytes), expected);
      if (output === "unset") assert.equal(bytes.length, 0);
    });
  }
  for (const [field, input, reason] of rejected) {
    it(`${field} rejects ${input.slice(0, 60)}`, () => {
      assert.throws(
        () => toWire(proto3, `{"${field}":${input}}`),
        (error) => {
          assert.ok(error instanceof JsonError);
          assert.equal(error.violations.length, 1);
          assert.match(error.violations[0]?.description ?? "", reason);
          assert.ok(error.violations[0]?.path.startsWith(field));
          return true;
        },
      );
    });
  }
});

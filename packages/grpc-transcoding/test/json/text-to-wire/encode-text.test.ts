import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { JsonError } from "grpc-transcoding";
import { proto2, proto3, testCodec, toJson, toWire } from "../test-messages.ts";

describe("text to bytes", () => {
  it("needs JSON.parse for nothing usual", (t) => {
    const text = Buffer.from(
      JSON.stringify({
        optionalInt32: -1,
        optionalInt64: "123456789012",
        optionalUint64: "18446744073709551615",
        optionalDouble: 12.345678901234567,
        optionalFloat: 0.5,
        optionalBool: true,
        optionalString: "plain 云",
        optionalBytes: "AQID",
        optionalNestedEnum: "BAR",
        optionalNestedMessage: { a: 1, corecursive: { optionalInt32: 2 } },
        repeatedString: ["a", "b"],
        repeatedInt32: [1, 2],
        mapStringString: { a: "b" },
        optionalTimestamp: "2024-01-01T00:00:00.5Z",
        optionalDuration: "1.5s",
        optionalStringWrapper: "w",
        oneofString: "x",
      }),
    );
    const parse = t.mock.method(JSON, "parse");
    const bytes = testCodec().textToWire(proto3)(text);
    const calls = parse.mock.callCount();
    parse.mock.restore();
    assert.equal(calls, 0);
    assert.deepEqual(bytes, toWire(proto3, text.toString()));
  });

  it("takes all that JSON allows between tokens, and any order of keys", () => {
    const text =
      ' {\r\n\t"optionalString" : "a" , "repeatedInt32":[ 1 ,2 ] , "mapStringString" : { "k" : "v" , "l":"" } ,"optionalNestedMessage":{ } } ';
    const expected =
      '{"optionalString":"a","optionalNestedMessage":{},"repeatedInt32":[1,2],"mapStringString":{"k":"v","l":""}}';
    assert.equal(toJson(proto3, toWire(proto3, text)), expected);
    assert.equal(toJson(proto3, toWire(proto3, expected)), expected);
    assert.equal(toJson(proto3, toWire(proto3, text)), expected);
  });

  it("takes escapes in keys and strings", () => {
    const text = '{"\\u006fptionalString":"\\ud83d\\ude00\\n\\"","optionalInt32":1}';
    assert.equal(
      toJson(proto3, toWire(proto3, text)),
      '{"optionalInt32":1,"optionalString":"😀\\n\\""}',
    );
  });

  it("refuses what is no JSON", () => {
    const texts = [
      "",
      " ",
      "{",
      "{}}",
      "{},",
      "{} x",
      "[]",
      "null",
      "\ufeff{}",
      '{"optionalInt32"}',
      '{"optionalInt32" 1}',
      '{"optionalInt32":}',
      '{"optionalInt32":1,}',
      '{"optionalInt32":1;}',
      '{,"optionalInt32":1}',
      '{"optionalInt32":01}',
      '{"optionalInt32":1 2}',
      '{"optionalInt32":1',
      '{"optionalInt32":nullx}',
      '{"optionalBool":truex}',
      '{"optionalDouble":1.}',
      '{"optionalDouble":NaN}',
      '{"optionalDouble":-Infinity}',
      '{"optionalInt64":-}',
      '{"optionalString":"a\nb"}',
      '{"optionalString":"\\x"}',
      '{"optionalString":"\\ud800"}',
      '{"optionalString":"a',
      '{"optionalString":"a\\',
      '{"repeatedInt32":[1,]}',
      '{"repeatedInt32":[,1]}',
      '{"repeatedInt32":[1 2]}',
      '{"repeatedInt32":[1}',
      '{"mapStringString":{"a":"b",}}',
      '{"mapStringString":{"a" "b"}}',
      '{"mapStringString":{a:"b"}}',
      '{"optionalTimestamp":"2024-01-01T00:00:00Z}',
      '{"optionalStruct":{"a":1]}',
    ];
    for (const text of texts) assert.throws(() => toWire(proto3, text), JsonError, text);
    const notUtf8 = Buffer.from('{"optionalString":"\xff"}', "latin1");
    assert.throws(() => testCodec().textToWire(proto3)(notUtf8), /not UTF-8/);
  });

  it("skips only valid JSON under unknown keys", () => {
    const lenient = testCodec({ unknownFields: "ignore" });
    const text = '{"nope":{"a":["}",1e5,null]},"optionalInt32":1,"nope":"\\u00e9"}';
    assert.equal(toJson(proto3, toWire(proto3, text, lenient)), '{"optionalInt32":1}');
    for (const value of ["{]", "[1,]", '"\t"', "01", "tru"]) {
      assert.throws(() => toWire(proto3, `{"nope":${value}}`, lenient), JsonError, value);
    }
  });

  it("keeps integers of 64 bits exact, quoted and bare", () => {
    for (const value of ["9223372036854775807", "-9223372036854775808", "1234567890123456"]) {
      const expected = `{"optionalInt64":"${value}"}`;
      assert.equal(toJson(proto3, toWire(proto3, `{"optionalInt64":${value}}`)), expected);
      assert.equal(toJson(proto3, toWire(proto3, expected)), expected);
    }
    assert.throws(() => toWire(proto3, '{"optionalInt64":9223372036854775808}'), JsonError);
  });

  it("sees fields given twice and second members of oneofs", () => {
    const groups = '{"data":{"groupInt32":1},"data":{"groupInt32":2}}';
    assert.equal(toJson(proto2, toWire(proto2, groups)), '{"data":{"groupInt32":2}}');
    assert.equal(
      toJson(proto3, toWire(proto3, '{"optionalInt32":1,"optionalInt32":2}')),
      '{"optionalInt32":2}',
    );
    assert.throws(() => toWire(proto3, '{"oneofUint32":1,"oneofBool":true}'), /oneof/);
    const strict = testCodec({ duplicateKeys: "reject" });
    for (const text of [
      '{"optionalInt32":null,"optionalInt32":2}',
      '{"mapStringString":{"a":"1","a":"2"}}',
      '{"optionalStruct":{"a":1,"a":2}}',
    ]) {
      assert.throws(() => toWire(proto3, text, strict), /given twice/, text);
    }
  });

  it("takes texts beyond the buffers it starts with", () => {
    const text = JSON.stringify({
      repeatedString: Array.from({ length: 3000 }, (_, i) => "x".repeat(i % 300)),
      optionalString: "云".repeat(100_000),
      repeatedDouble: Array.from({ length: 20_000 }, (_, i) => i / 8),
    });
    const back = JSON.parse(toJson(proto3, toWire(proto3, text))) as unknown;
    assert.deepEqual(back, JSON.parse(text));
  });
});

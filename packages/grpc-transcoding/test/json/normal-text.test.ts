import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { JsonError } from "grpc-transcoding";
import { normalText } from "../../src/json/normal-text.ts";
import { bytes, messageNamed, proto3, testCodec, toJson, violationsOf } from "./test-messages.ts";

describe("the normal form of JSON text", () => {
  it("has each key once, of equal ones the last, and the type of an Any in front", () => {
    for (const [text, normal] of [
      ['{"a":1,"b":2,"\\u0061":3}', '{"a":3,"b":2}'],
      ['[{"x":[1, {"y":"}", "y":"\\"]"}]},\n[],{}]', '[{"x":[1, {"y":"\\"]"}]},\n[],{}]'],
      [
        '{"v":{"b":1,"@type":"t"},"@type":"u","0":null}',
        '{"@type":"u","v":{"@type":"t","b":1},"0":null}',
      ],
      [' { "a" : -0 } ', ' { "a" : -0 } '],
      ['[{"a":1,"a":2}, {"b":3} ,{"c":4,"@type":""}]', '[{"a":2}, {"b":3} ,{"@type":"","c":4}]'],
      ['{"@\\u0074ype":"t"}', '{"@type":"t"}'],
      ['{"__proto__":1,"n":12345678901234567890}', '{"__proto__":1,"n":12345678901234567890}'],
    ] as const) {
      assert.equal(normalText(text).text, normal);
    }
  });

  it("is made of text that is nested deep in time that grows with its length", () => {
    const depth = 200_000;
    for (const [open, close] of [
      ["[1,", "]"],
      ['{"a":', "}"],
      ['{"@type":"t","a":', ',"b":1}'],
    ] as const) {
      const text = `${open.repeat(depth)}0${close.repeat(depth)}`;
      const start = process.cpuUsage();
      assert.equal(normalText(text).text, text);
      const { user, system } = process.cpuUsage(start);
      assert.ok(user + system < 5e6, `${user + system} us`);
    }
  });

  it("says where a key stands twice", () => {
    for (const [text, path] of [
      ['{"a":1,"a":2}', "a"],
      ['{"x":[{},{"a":"a","\\u0061":"{"}]}', "x[1].a"],
      ['{"a":{"b":1},"c":{"b":1,"d":[],"b":2}}', "c.b"],
      ['{"a":{"a":1},"b":[{"a":1},{"a":"a\\"a"}],"c":"a","d":["a","a"]}', undefined],
    ] as const) {
      assert.equal(normalText(text).duplicate, path);
    }
  });
});

describe("text that is not taken", () => {
  const struct = messageNamed("google.protobuf.Struct");
  const value = messageNamed("google.protobuf.Value");

  it("is not UTF-8 or not JSON", () => {
    const read = testCodec().textToWire(value);
    assert.throws(() => read(bytes("22ff22")), /not UTF-8/);
    for (const text of [
      "",
      "{",
      "{a:1}",
      "[1,]",
      "'a'",
      "NaN",
      "// x\n1",
      "[012]",
      "[1 2]",
      "[-]",
    ]) {
      assert.throws(() => read(Buffer.from(text)), JsonError, text);
    }
  });

  it("has a key twice, where that is an error, at any place", () => {
    const strict = testCodec({ duplicateKeys: "reject", unknownFields: "ignore" });
    const given = (text: string, message = proto3) =>
      violationsOf(() => strict.textToWire(message)(Buffer.from(text)));
    for (const [text, path] of [
      ['{"optionalInt32":1,"optionalInt32":null}', "optionalInt32"],
      ['{"optionalInt32":null,"optionalInt32":1}', "optionalInt32"],
      ['{"mapStringString":{"a":"","b":"","\\u0061":""}}', "mapStringString.a"],
      ['{"optionalStruct":{"a":[{"b":1,"b":2}]}}', "optionalStruct.a[0].b"],
      ['{"optionalNestedMessage":{"nope":[{"b":1,"b":2}]}}', "optionalNestedMessage.nope[0].b"],
      ['{"nope":1,"optionalInt32":1,"nope":2}', "nope"],
    ] as const) {
      assert.deepEqual(given(text), [`${path}: this key is given twice`], text);
    }
    assert.deepEqual(given('{"a":1,"a":2}', struct), ["a: this key is given twice"]);
    const fine = '{"a":{"a":1},"b":[{"a":1},{"a":"a\\"a"}],"c":"a","d":["a","a"]}';
    assert.equal(toJson(struct, strict.textToWire(struct)(Buffer.from(fine))), fine);
  });
});

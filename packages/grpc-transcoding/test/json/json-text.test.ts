import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { JsonError } from "grpc-transcoding";
import { bytes, testCodec, violationsOf } from "./test-messages.ts";

describe("JSON text", () => {
  const codec = testCodec();
  const parse = (text: string | Buffer, using = codec): unknown => using.parse(Buffer.from(text));

  it("keeps integers beyond 2^53, in numbers only", () => {
    assert.deepEqual(
      parse(
        '{"a": 12345678901234567890 ,"b":["12345678901234567890",-9007199254740993],"c":1234567890123456789.5}',
      ),
      {
        a: 12345678901234567890n,
        b: ["12345678901234567890", -9007199254740993n],
        c: 1234567890123456800,
      },
    );
    assert.deepEqual(parse('["\\"12345678901234567890", "order 12345678901234567890"]'), [
      '"12345678901234567890',
      "order 12345678901234567890",
    ]);
    assert.equal(parse("9007199254740991"), 9007199254740991);
    assert.equal(parse("9007199254740993"), 9007199254740993n);
    assert.equal(parse(`1${"0".repeat(500)}`), Number.POSITIVE_INFINITY);
    for (let lead = 0; lead < 40; lead++) {
      assert.deepEqual(parse(`[${" ".repeat(lead)}9007199254740993]`), [9007199254740993n]);
    }
  });

  it("long integers make no other text valid", () => {
    for (const text of [
      "{12345678901234567890:1}",
      '{"a":1,12345678901234567890:1}',
      "[012345678901234567890]",
      "[1 12345678901234567890]",
      "[-]12345678901234567890",
    ]) {
      assert.throws(() => parse(text), JsonError, text);
    }
  });

  it("rejects what is not UTF-8 or not JSON", () => {
    assert.throws(() => parse(bytes("22ff22")), /not UTF-8/);
    for (const text of ["", "{", "{a:1}", "[1,]", "'a'", "NaN", "// x\n1"]) {
      assert.throws(() => parse(text), JsonError, text);
    }
  });

  it("of equal keys the last counts, or they are rejected by option", () => {
    assert.deepEqual(parse('{"a":1,"a":2}'), { a: 2 });
    const strict = testCodec({ duplicateKeys: "reject" });
    for (const [text, path] of [
      ['{"a":1,"a":2}', "a"],
      ['{"x":[{},{"a":"a","\\u0061":"{"}]}', "x[1].a"],
      ['{"a":{"b":1},"c":{"b":1,"d":[],"b":2}}', "c.b"],
    ] as const) {
      assert.deepEqual(
        violationsOf(() => parse(text, strict)),
        [`${path}: this key is given twice`],
      );
    }
    const fine = '{"a":{"a":1},"b":[{"a":1},{"a":"a\\"a"}],"c":"a","d":["a","a"]}';
    assert.deepEqual(parse(fine, strict), JSON.parse(fine));
  });
});

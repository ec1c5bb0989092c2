import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { JsonError } from "grpc-transcoding";
import { bytes, proto3, toJson, toWire } from "./test-messages.ts";

describe("wire input", () => {
  const read: [title: string, hex: string, json: string][] = [
    ["the last of several scalars counts", "0801 0802", '{"optionalInt32":2}'],
    ["a field of another wire type is unknown", "0801 0d01000000", '{"optionalInt32":1}'],
    [
      "unknown fields of every wire type are skipped",
      "c03e01 c13e0102030405060708 c23e0161 c33ec03e01c43e c53e01020304",
      "{}",
    ],
    ["int32 is cut to 32 bits", "08ffffffffffffffffff01", '{"optionalInt32":-1}'],
    ["any varint but zero is true", "688002 6880808080808080808001", '{"optionalBool":true}'],
    ["a zero in more bytes than needed is zero", "08808000", "{}"],
    [
      "packed and unpacked elements mix",
      "fa01020102 f80103 fa010104",
      '{"repeatedInt32":[1,2,3,4]}',
    ],
    [
      "scattered lists come together",
      "f80101 0801 f80102",
      '{"optionalInt32":1,"repeatedInt32":[1,2]}',
    ],
    [
      "a message sent in parts is merged",
      "9201020801 92010612041a020801 9201020802",
      '{"optionalNestedMessage":{"a":2,"corecursive":{}}}',
    ],
    ["of a oneof the last member counts", "f80601 8a070161", '{"oneofString":"a"}'],
    [
      "a oneof's member starts anew after another",
      "820702 0801 f80601 8207 00",
      '{"oneofNestedMessage":{}}',
    ],
    [
      "of map entries with one key the last counts",
      "aa04060a0161120162 aa04060a0162120163 aa04060a0161120164",
      '{"mapStringString":{"a":"d","b":"c"}}',
    ],
    [
      "a map entry without key and value has both zero",
      "aa0400 c20300",
      '{"mapInt32Int32":{"0":0},"mapStringString":{"":""}}',
    ],
    [
      "more than eight map keys with a duplicate",
      Array.from(
        { length: 12 },
        (_, i) => `c20304 080${(i % 10).toString(16)} 100${i.toString(16)}`,
      ).join(" "),
      `{"mapInt32Int32":{"0":10,"1":11,${[2, 3, 4, 5, 6, 7, 8, 9].map((i) => `"${i}":${i}`).join(",")}}}`,
    ],
  ];
  for (const [title, hex, json] of read) {
    it(title, () => assert.equal(toJson(proto3, bytes(hex)), json));
  }

  const malformed: [title: string, hex: string, reason: RegExp][] = [
    ["a tag without a value", "08", /middle of a value/],
    ["a truncated varint", "0880", /middle of a value/],
    ["a truncated fixed64", "4101020304", /middle/],
    ["a length beyond the end", "720561", /middle/],
    ["a length beyond the end of the parent", "9201 02 0a05", /middle/],
    ["a length of 2^32 + 1", "72818080801061", /middle/],
    ["a varint of eleven bytes", "08ffffffffffffffffffff01", /10 bytes/],
    ["field number 0", "0001", /tag/],
    ["a tag of more than 32 bits", "888080808001 01", /tag/],
    ["wire type 6", "0e", /wire type 6/],
    ["an end of a group that never began", "0c", /wire type 4/],
    ["a group that never ends", "c33e 0801", /middle/],
    ["a group that ends as another", "c33e cc3e", /another group/],
    ["a packed element cut off", "fa010180", /middle/],
    ["a map entry cut off", "aa0405 0a01611205", /middle/],
  ];
  for (const [title, hex, reason] of malformed) {
    it(`rejects ${title}`, () => {
      assert.throws(
        () => toJson(proto3, bytes(hex)),
        (error) => error instanceof JsonError && reason.test(error.message),
      );
    });
  }

  it("what ProtoJSON cannot express is an error with the field's path", () => {
    const cases: [json: string, from: string, to: string, message: RegExp][] = [
      // 9999-12-31T23:59:59Z plus a second.
      [
        '{"optionalTimestamp":"9999-12-31T23:59:59Z"}',
        "ff82d1ff",
        "8083d1ff",
        /optionalTimestamp: .*out of range/,
      ],
      [
        '{"optionalDuration":"1.000000001s"}',
        "0801",
        "08ffffffffffffffffff01",
        /optionalDuration: .*signs/,
      ],
      [
        '{"optionalFieldMask":"fooBar"}',
        "666f6f5f626172",
        "666f6f42626172",
        /optionalFieldMask: .*snake/,
      ],
      ['{"optionalValue":true}', "2001", "", /optionalValue: .*has no value/],
      ['{"optionalValue":1}', "f03f", "f07f", /optionalValue: .*NaN or infinite/],
      [
        '{"repeatedNestedMessage":[{},{"corecursive":{"optionalInt32":1}}]}',
        "12020801",
        "12020880",
        /repeatedNestedMessage\[1\]\.corecursive: /,
      ],
      [
        '{"mapStringNestedMessage":{"a b":{"a":1}}}',
        "0801",
        "0880",
        /mapStringNestedMessage\["a b"\]: /,
      ],
    ];
    for (const [json, from, to, message] of cases) {
      const hex = toWire(proto3, json).toString("hex");
      assert.ok(hex.includes(from), json);
      const grown = (to.length - from.length) / 2;
      let changed = bytes(hex.replace(from, to));
      if (grown !== 0) {
        // The field's length stands behind its two-byte tag.
        changed = Buffer.from(changed);
        changed[2] = (changed[2] as number) + grown;
      }
      assert.throws(() => toJson(proto3, changed), message, json);
    }
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createFileRegistry, type DescMessage } from "@bufbuild/protobuf";
import { createJsonCodec, JsonError, type JsonOptions } from "grpc-transcoding";
import { compile } from "proto-to-descriptor";
import {
  editions,
  messageNamed,
  proto2,
  proto3,
  testCodec,
  toJson,
  toWire,
} from "./test-messages.ts";

function bytes(hex: string): Buffer {
  return Buffer.from(hex.replaceAll(" ", ""), "hex");
}

function violationsOf(run: () => unknown): string[] {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof JsonError);
    return error.violations.map(({ path, description }) => `${path}: ${description}`);
  }
  assert.fail("nothing was thrown");
}

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
      toJson(proto3, toWire(proto3, '{"optionalInt32":null,"optional_int32":2}')),
      '{"optionalInt32":2}',
    );
  });

  it("rejects two members of a oneof, unless one is null", () => {
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

describe("options of output", () => {
  const types = createFileRegistry(
    compile({
      files: ["t.proto"],
      includeDirs: [],
      readFile: () => `
        edition = "2023";
        message T {
          int32 a_b = 1 [features.field_presence = IMPLICIT];
          string s = 2 [features.field_presence = IMPLICIT];
          int64 l = 3 [features.field_presence = IMPLICIT];
          bool o = 4 [features.field_presence = IMPLICIT];
          E e = 5 [features.field_presence = IMPLICIT];
          bytes y = 6 [features.field_presence = IMPLICIT];
          double d = 7 [features.field_presence = IMPLICIT];
          repeated int32 r = 8;
          map<string, int32> m = 9;
          T t = 10;
          int32 x = 11 [default = 7];
          oneof one { int32 i = 12; T j = 13; }
        }
        enum E { ZERO = 0; ONE = 1; }`,
    }),
  );
  const message = types.getMessage("T") as DescMessage;
  const implicit = '"aB":0,"s":"","l":"0","o":false,"e":"ZERO","y":"","d":0,"r":[],"m":{}';
  const outputs: [options: Partial<JsonOptions>, wire: string, json: string][] = [
    [{ emit: "set" }, "", "{}"],
    [{ emit: "implicit" }, "", `{${implicit}}`],
    [{ emit: "all" }, "", `{${implicit},"t":null,"x":null}`],
    // Zeros and empty packed lists that stand on the wire all the same.
    [{ emit: "set" }, "0800 1200 1880808000 2000 2800 3200 390000000000000000 4200", "{}"],
    [{ emit: "set" }, "390000000000000080", '{"d":-0}'],
    [{ emit: "set" }, "5800", '{"x":0}'],
    [
      { emit: "implicit", naming: "proto", enums: "number" },
      "2801",
      `{${implicit.replace("aB", "a_b").replace('"ZERO"', "1")}}`,
    ],
  ];
  for (const [options, wire, json] of outputs) {
    it(`${JSON.stringify(options)} prints ${wire || "nothing"} as ${json.slice(0, 40)}`, () => {
      const codec = createJsonCodec(types, {
        naming: "json",
        emit: "set",
        enums: "name",
        unknownFields: "reject",
        ...options,
      });
      assert.equal(toJson(message, bytes(wire), codec), json);
    });
  }

  it("prints one field for response_body, its default when it is unset", () => {
    const codec = createJsonCodec(types, {
      naming: "json",
      emit: "set",
      enums: "name",
      unknownFields: "reject",
    });
    const printed = (name: string, wire: string): string => {
      const field = message.fields.find((f) => f.name === name);
      assert.ok(field);
      return codec.fieldToJson(field)(bytes(wire)).toString();
    };
    assert.equal(printed("a_b", "0805"), "5");
    assert.equal(printed("a_b", ""), "0");
    assert.equal(printed("x", ""), "7");
    assert.equal(printed("r", ""), "[]");
    assert.equal(printed("r", "4001 42020203 0805 4004"), "[1,2,3,4]");
    assert.equal(printed("m", "4a050a01611001"), '{"a":1}');
    assert.equal(printed("t", ""), "{}");
    assert.equal(printed("t", "52020805"), '{"aB":5}');
    assert.equal(printed("i", "6005"), "5");
    assert.throws(
      () => codec.fieldToJson(message.fields[1] as never)(bytes("1203ff")),
      /^JsonError: s: |s/,
    );
    const time = proto3.fields.find((f) => f.name === "optional_timestamp");
    assert.ok(time);
    assert.equal(testCodec().fieldToJson(time)(bytes("")).toString(), "null");
  });
});

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

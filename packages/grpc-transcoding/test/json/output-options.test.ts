import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createFileRegistry, type DescMessage } from "@bufbuild/protobuf";
import { createJsonCodec, type JsonOptions } from "grpc-transcoding";
import { compile } from "proto-to-descriptor";
import { bytes, proto3, testCodec, toJson } from "./test-messages.ts";

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

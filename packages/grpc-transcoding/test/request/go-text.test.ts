import assert from "node:assert/strict";
import { test } from "node:test";
import { ScalarType } from "@bufbuild/protobuf";
import { createJsonCodec } from "../../src/json/create-json-codec.ts";
import { goPathText, goQueryText } from "../../src/request/go-text.ts";
import { protoJsonText } from "../../src/request/protojson-text.ts";
import { TextValueError } from "../../src/request/text-dialect.ts";
import { compileScalarText, compileTextValue } from "../../src/request/text-value.ts";
import { library } from "../protos/methods.ts";

type Row = readonly [type: keyof typeof ScalarType, text: string, value: unknown];

// What grpc-gateway v2 takes, by Go's strconv and time.ParseDuration.
const queryTexts: Row[] = [
  ...["1", "t", "T", "TRUE", "true", "True"].map((text): Row => ["BOOL", text, true]),
  ...["0", "f", "F", "FALSE", "false", "False"].map((text): Row => ["BOOL", text, false]),
  ["BOOL", "", undefined],
  ["BOOL", "yes", undefined],
  ["BOOL", "on", undefined],
  ["INT32", "010", 10],
  ["INT32", "+5", 5],
  ["INT32", "-5", -5],
  ["INT32", "0x10", undefined],
  ["INT32", "5.0", undefined],
  ["INT32", "1e3", undefined],
  ["INT32", " 5", undefined],
  ["INT32", "2147483648", undefined],
  ["UINT64", "18446744073709551615", "18446744073709551615"],
  ["UINT32", "-1", undefined],
  ["UINT32", "+1", undefined],
  ["DOUBLE", "NaN", "NaN"],
  ["DOUBLE", "inf", "Infinity"],
  ["DOUBLE", "-Infinity", "-Infinity"],
  ["DOUBLE", "1_0", 10],
  ["DOUBLE", ".5", 0.5],
  ["DOUBLE", "5.", 5],
  ["DOUBLE", "0x1p-2", 0.25],
  ["DOUBLE", "-0x1.8p1", -3],
  ["DOUBLE", "0x", undefined],
  ["DOUBLE", "1e999", undefined],
  ["FLOAT", "1e39", undefined],
  ["DOUBLE", "x", undefined],
  ["BYTES", "_-8=", "/+8="],
  ["BYTES", "/+8=", "/+8="],
  ["BYTES", "/+8", undefined],
  ["STRING", "", ""],
];

const pathTexts: Row[] = [
  ["INT32", "0x10", 16],
  ["INT32", "-0X1f", -31],
  ["INT32", "010", 8],
  ["INT32", "0o17", 15],
  ["INT32", "0b11", 3],
  ["INT32", "1_000", 1000],
  ["INT32", "0x_10", 16],
  ["INT32", "1__0", undefined],
  ["INT32", "08", undefined],
  ["INT32", "0x", undefined],
  ["INT32", "0", 0],
  ["UINT32", "-1", undefined],
  ["INT64", "0x7fffffffffffffff", "9223372036854775807"],
];

for (const [name, dialect, texts] of [
  ["query", goQueryText, queryTexts],
  ["path", goPathText, pathTexts],
] as const) {
  test(`reads the scalars of grpc-gateway's ${name}`, async (t) => {
    for (const [type, text, value] of texts) {
      await t.test(`${type} ${JSON.stringify(text)}`, () => {
        const parse = compileScalarText(ScalarType[type], dialect);
        if (value === undefined) assert.throws(() => parse(text), TextValueError);
        else assert.equal(parse(text), value);
      });
    }
  });
}

const codec = createJsonCodec(library, {
  naming: "json",
  emit: "set",
  enums: "name",
  unknownFields: "ignore",
});

function parserOf(field: string, dialect = goQueryText): (text: string) => unknown {
  const desc = library.getMessage("library.v1.Kinds")?.fields.find(({ name }) => name === field);
  const parse = desc && compileTextValue(desc, dialect, codec);
  if (parse === undefined) throw new Error(`${field} takes no text`);
  return parse;
}

test("reads durations as Go does in a query, and as ProtoJSON does in a path", () => {
  const query = parserOf("f_duration");
  const durations: readonly [text: string, json: string][] = [
    ["1.5s", "1.500000000s"],
    ["1m30s", "90.000000000s"],
    ["1h", "3600.000000000s"],
    ["-100ms", "-0.100000000s"],
    ["2us3ns", "0.000002003s"],
    ["1\u00b5s", "0.000001000s"],
    ["0", "0s"],
    ["9223372036854775807ns", "9223372036.854775807s"],
    ["-9223372036854775808ns", "-9223372036.854775808s"],
  ];
  for (const [text, json] of durations) assert.equal(query(text), json, text);
  for (const text of ["", "1", "h", "1d", "1h x", ".s", "9999999999h", "9223372036854775808ns"]) {
    assert.throws(() => query(text), TextValueError, text);
  }
  const path = parserOf("f_duration", goPathText);
  assert.equal(path("1.5s"), "1.5s");
  assert.throws(() => path("1m30s"), TextValueError);
});

test("takes enums by name and by numbers that exist", () => {
  const query = parserOf("f_genre");
  assert.equal(query("ATLAS"), "ATLAS");
  assert.equal(query("7"), "ATLAS");
  assert.throws(() => query("99"), TextValueError);
  assert.throws(() => query("0x7"), TextValueError);
  assert.throws(() => query("atlas"), TextValueError);
  const path = parserOf("f_genre", goPathText);
  assert.equal(path("0x7"), "ATLAS");
  assert.equal(path("NOVEL"), "NOVEL");
  assert.throws(() => path("0x8"), TextValueError);
});

const hostile = ["1", "9_", "=", "0", "0x", "f", "a_", "1h", ".", "-", "A", "%"].flatMap(
  (piece) => [piece.repeat(200_000), `${piece.repeat(200_000)}x`, `0x${piece.repeat(200_000)}`],
);

test("reads long texts in linear time", () => {
  const types = [ScalarType.INT64, ScalarType.DOUBLE, ScalarType.BYTES, ScalarType.BOOL];
  const started = process.cpuUsage();
  for (const dialect of [protoJsonText, goQueryText, goPathText]) {
    const parsers = [...types.map((type) => compileScalarText(type, dialect)), dialect.duration];
    for (const text of hostile) {
      for (const parse of parsers) {
        try {
          parse(text);
        } catch (error) {
          assert.ok(error instanceof TextValueError);
        }
      }
    }
  }
  const { user, system } = process.cpuUsage(started);
  // About 0.3 s; one quadratic step takes minutes.
  assert.ok(user + system < 5_000_000, `${user + system} us`);
});

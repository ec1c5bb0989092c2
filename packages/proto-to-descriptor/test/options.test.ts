import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createFileRegistry, getOption } from "@bufbuild/protobuf";
import { compile } from "../src/index.ts";
import { googleProtos } from "./google-protos.ts";

/** Compiles a file and gives the value of its option `(opt)`. */
function optionOf(source: string): unknown {
  const set = compile({
    files: ["a.proto"],
    includeDirs: [googleProtos],
    readFile: (name) => (name === "a.proto" ? source : undefined),
  });
  const registry = createFileRegistry(set);
  const extension = registry.getExtension("opt");
  const file = registry.getFile("a.proto");
  assert.ok(extension && file);
  return getOption(file, extension);
}

const schema = (syntax: string, type: string, more = ""): string =>
  `${syntax}; import "google/protobuf/descriptor.proto"; ${more}
   extend google.protobuf.FileOptions { ${syntax.startsWith("syntax") ? "optional " : ""}${type} opt = 50000; }\n`;

const proto2 = 'syntax = "proto2"';

describe("values of options", () => {
  const cases: [type: string, value: string, expected: unknown][] = [
    ["double", "1e3", 1000],
    ["double", "-2", -2],
    ["float", ".5", 0.5],
    ["int32", "-0x10", -16],
    ["uint64", "18446744073709551615", 18446744073709551615n],
    ["sint64", "-9223372036854775808", -9223372036854775808n],
    ["fixed32", "017", 15],
    ["bool", "true", true],
    ["string", "\"a\" 'b\\n\\u00e9\\101'", "ab\né\u0041"],
    ["bytes", '"\\000\\xff"', Uint8Array.of(0, 255)],
  ];
  for (const [type, value, expected] of cases) {
    test(`${type} is ${value}`, () => {
      const actual = optionOf(`${schema(proto2, type)} option (opt) = ${value};`);
      assert.deepEqual(actual instanceof Uint8Array ? Uint8Array.from(actual) : actual, expected);
    });
  }

  test("inf and nan are numbers in editions", () => {
    const source = schema('edition = "2023"', "double");
    assert.equal(optionOf(`${source} option (opt) = -inf;`), Number.NEGATIVE_INFINITY);
    assert.equal(optionOf(`${source} option (opt) = nan;`), Number.NaN);
  });
});

describe("messages as values of options", () => {
  const message =
    "message O { optional string name = 1; repeated int32 numbers = 2; optional O inner = 3; }";
  const messageOf = (value: string): Record<string, unknown> =>
    optionOf(`${schema(proto2, "O", message)} ${value}`) as Record<string, unknown>;

  test("take every separator, comment and bracket", () => {
    const value = messageOf(`option (opt) = {
      name: "a" # it's a comment, with an apostrophe and a }
      'b'; // another
      numbers: [1, /* 2, */ 3], numbers: 4
      inner <name: "x"; inner: { }>
    };`);
    assert.equal(value.name, "ab");
    assert.deepEqual(value.numbers, [1, 3, 4]);
    assert.equal((value.inner as Record<string, unknown>).name, "x");
  });

  test("merge with fields that are set one by one", () => {
    const value = messageOf(
      'option (opt).name = "a"; option (opt).inner.name = "b"; option (opt).inner.numbers = 5;',
    );
    assert.equal(value.name, "a");
    assert.equal((value.inner as Record<string, unknown>).name, "b");
    assert.deepEqual((value.inner as Record<string, unknown>).numbers, [5]);
  });

  test("are delimited by tags where the features say so", () => {
    const delimited =
      "message O { O inner = 1 [features.message_encoding = DELIMITED]; string name = 2; }";
    const value = optionOf(
      `${schema('edition = "2023"', "O", delimited)} option (opt) = { inner { name: "x" } };`,
    ) as { inner?: { name?: string } };
    assert.equal(value.inner?.name, "x");
  });
});

test("options that are newer than protoc 3.21 have their properties", () => {
  const set = compile({
    files: ["a.proto"],
    includeDirs: [],
    readFile: () =>
      'syntax = "proto3"; message A { string secret = 1 [debug_redact = true, deprecated = true]; }',
  });
  const options = set.file[0]?.messageType[0]?.field[0]?.options;
  assert.equal(options?.debugRedact, true);
  assert.equal(options?.deprecated, true);
});

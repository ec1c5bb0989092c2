import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { JsonError, StatusError } from "grpc-transcoding";
import { JsonValueSplitter } from "../../src/request/json-value-splitter.ts";

function split(
  chunks: readonly string[],
  maxBytes = 1000,
  arrays: "value" | "items" = "value",
): string[] {
  const splitter = new JsonValueSplitter({ maxBytes, arrays });
  const values = chunks.flatMap((chunk) => [...splitter.push(Buffer.from(chunk))]);
  return [...values, ...splitter.end()].map(String);
}

const cases: [title: string, text: string, values: string[]][] = [
  ["nothing", "", []],
  ["only space", " \r\n\t ", []],
  ["one object", '{"a":1}', ['{"a":1}']],
  ["one value a line", '{"a":1}\n{"b":2}\r\n', ['{"a":1}', '{"b":2}']],
  [
    "values without anything between",
    '{"a":1}{"b":2}[3]"x"4',
    ['{"a":1}', '{"b":2}', "[3]", '"x"', "4"],
  ],
  ["brackets and quotes in strings", '{"a":"}\\"]{"}["\\\\"]', ['{"a":"}\\"]{"}', '["\\\\"]']],
  ["nested values", '[[{}],{"a":[1]}] []', ['[[{}],{"a":[1]}]', "[]"]],
  ["scalars", "1 -2.5e3\ntrue null", ["1", "-2.5e3", "true", "null"]],
  ["a scalar right before an object", "1{}", ["1", "{}"]],
  ["characters of several bytes", '{"é":"€😀"}{"ü":1}', ['{"é":"€😀"}', '{"ü":1}']],
];

describe("JsonValueSplitter", () => {
  for (const [title, text, values] of cases) {
    it(`splits ${title}, however the chunks fall`, () => {
      assert.deepEqual(split([text]), values);
      const bytes = Buffer.from(text);
      const splitter = new JsonValueSplitter({ maxBytes: 1000 });
      const byByte = [...bytes].flatMap((byte) => [...splitter.push(Buffer.from([byte]))]);
      assert.deepEqual([...byByte, ...splitter.end()].map(String), values);
      for (let cut = 0; cut <= bytes.length; cut++) {
        const halves = new JsonValueSplitter({ maxBytes: 1000 });
        const found = [...halves.push(bytes.subarray(0, cut)), ...halves.push(bytes.subarray(cut))];
        assert.deepEqual([...found, ...halves.end()].map(String), values);
      }
    });
  }

  it("gives a value as soon as its last byte is there", () => {
    const splitter = new JsonValueSplitter({ maxBytes: 100 });
    assert.deepEqual([...splitter.push(Buffer.from('{"a":'))], []);
    assert.deepEqual([...splitter.push(Buffer.from("1}"))].map(String), ['{"a":1}']);
  });

  it("rejects what cannot start a value", () => {
    for (const text of ["}", "1,2", ":", "[]]"]) {
      assert.throws(() => split([text]), JsonError, text);
    }
  });

  it("rejects input that ends within a value", () => {
    for (const text of ['{"a":1', '"abc', "[1", '"\\']) {
      assert.throws(() => split([text]), /ends in the middle/, text);
    }
  });

  it("keeps no more than the limit, in one chunk or in many", () => {
    const tooLarge = (error: unknown): boolean =>
      error instanceof StatusError && error.codeName === "RESOURCE_EXHAUSTED";
    assert.deepEqual(split(["[12345678]"], 10), ["[12345678]"]);
    assert.throws(() => split(["[123456789]"], 10), tooLarge);
    const splitter = new JsonValueSplitter({ maxBytes: 10 });
    assert.deepEqual([...splitter.push(Buffer.from("[1234"))], []);
    assert.throws(() => [...splitter.push(Buffer.from("567890"))], tooLarge);
    assert.deepEqual(split(["[1] [2] [3] [4] [5]"], 3).length, 5, "the limit is for each value");
  });

  const arrays: [text: string, values: string[] | RegExp][] = [
    ["[]", []],
    [" [ ] \n", []],
    ['[{"a":1}]', ['{"a":1}']],
    ['[{"a":[1,2]} , 2,"x",[3]]', ['{"a":[1,2]}', "2", '"x"', "[3]"]],
    ['{"a":1}[2]', ['{"a":1}', "[2]"]],
    ["[1", /in the middle of an array/],
    ["[1,", /in the middle of an array/],
    ['[{"a"', /in the middle of a value/],
    ["[1,]", /JSON value expected, not "]"/],
    ["[,1]", /JSON value expected, not ","/],
    ["[1 2]", /"," or "]" expected, not "2"/],
    ["[1][2]", /"\[" stands behind the array/],
    ["[1],", /"," stands behind the array/],
  ];
  for (const [text, expected] of arrays) {
    it(`takes the items of ${JSON.stringify(text)}, however the chunks fall`, () => {
      for (let cut = 0; cut <= text.length; cut++) {
        const halves = [text.slice(0, cut), text.slice(cut)];
        if (Array.isArray(expected)) assert.deepEqual(split(halves, 1000, "items"), expected);
        else assert.throws(() => split(halves, 1000, "items"), expected);
      }
    });
  }
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { JsonError, JsonValueSplitter, StatusError } from "grpc-transcoding";

function split(chunks: readonly string[], maxBytes = 1000): string[] {
  const splitter = new JsonValueSplitter(maxBytes);
  const values = chunks.flatMap((chunk) => splitter.push(Buffer.from(chunk)));
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
      const splitter = new JsonValueSplitter(1000);
      const byByte = [...bytes].flatMap((byte) => splitter.push(Buffer.from([byte])));
      assert.deepEqual([...byByte, ...splitter.end()].map(String), values);
      for (let cut = 0; cut <= bytes.length; cut++) {
        const halves = new JsonValueSplitter(1000);
        const found = [...halves.push(bytes.subarray(0, cut)), ...halves.push(bytes.subarray(cut))];
        assert.deepEqual([...found, ...halves.end()].map(String), values);
      }
    });
  }

  it("gives a value as soon as its last byte is there", () => {
    const splitter = new JsonValueSplitter(100);
    assert.deepEqual(splitter.push(Buffer.from('{"a":')), []);
    assert.deepEqual(splitter.push(Buffer.from("1}")).map(String), ['{"a":1}']);
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
    const splitter = new JsonValueSplitter(10);
    splitter.push(Buffer.from("[1234"));
    assert.throws(() => splitter.push(Buffer.from("567890")), tooLarge);
    assert.deepEqual(split(["[1] [2] [3] [4] [5]"], 3).length, 5, "the limit is for each value");
  });
});

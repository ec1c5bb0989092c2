import assert from "node:assert/strict";
import { test } from "node:test";
import { firstJsonValue } from "../../src/json/skip-json.ts";

const texts: readonly [text: string, first: string][] = [
  ["", ""],
  [" \r\n\t", ""],
  ['{"a":1}', '{"a":1}'],
  [' {"a":[{}]} {"a":2}', '{"a":[{}]}'],
  ['{"a":"}\\"]"}garbage', '{"a":"}\\"]"}'],
  ['{"a":"\\\\"}{', '{"a":"\\\\"}'],
  ['[1,[2]]]"', "[1,[2]]"],
  ['"a\\"b" 1', '"a\\"b"'],
  ["12 13", "12"],
  ["true{}", "true"],
  ["]{}", "]"],
  [",1", ","],
  ['{"a":1', '{"a":1'],
  ['"open', '"open'],
  ['"open\\', '"open\\'],
  ['{"a', '{"a'],
];

test("cuts a text behind its first JSON value", () => {
  for (const [text, first] of texts) {
    assert.equal(Buffer.from(firstJsonValue(Buffer.from(text))).toString(), first, text);
  }
});

test("gives a part of the text, not a copy", () => {
  const text = Buffer.from('{"a":1} x');
  assert.equal(firstJsonValue(text).buffer, text.buffer);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { canonicalJson } from "../../src/key/canonical-json.ts";
import { entryId, type KeyOwner } from "../../src/key/entry-id.ts";
import { parseKey } from "../../src/key/parse-key.ts";

test("a key is visible ASCII, bare or quoted", () => {
  for (const [value, key] of [
    ["a", "a"],
    ['"a"', "a"],
    ['"a\\"b\\\\c"', 'a"b\\c'],
    ["a\\b", "a\\b"],
    ['a"', 'a"'],
    ["x".repeat(255), "x".repeat(255)],
    [`"${"x".repeat(255)}"`, "x".repeat(255)],
  ] as const) {
    assert.equal(parseKey(value), key, value);
  }
  for (const value of [
    "",
    '""',
    "a b",
    '"a b"',
    '"a',
    '"a"b"',
    '"a\\b"',
    '"a";p',
    "\u00e9",
    "x".repeat(256),
    `"${"x".repeat(256)}"`,
    "a\n",
    "a, a",
  ]) {
    assert.equal(parseKey(value), undefined, value);
  }
});

test("a text of JSON does not depend on the order of members, and on nothing less", () => {
  const text = canonicalJson({ b: [1, { d: null, c: "x" }], a: true, u: undefined });
  assert.equal(text, '{"a":true,"b":[1,{"c":"x","d":null}]}');
  assert.equal(canonicalJson(JSON.parse('{"__proto__":1,"a":2}')), '{"__proto__":1,"a":2}');
  assert.notEqual(canonicalJson([1, 2]), canonicalJson([2, 1]));
  assert.notEqual(canonicalJson("1"), canonicalJson(1));
});

test("no two owners of a key share an entry, whatever they are called", () => {
  const owner: KeyOwner = {
    gateway: "g",
    tenant: undefined,
    principal: "",
    method: "/a/B",
    key: "k",
  };
  const others: Partial<KeyOwner>[] = [
    { gateway: "h" },
    { tenant: "" },
    { tenant: "t" },
    { principal: "p" },
    { method: "/a/C" },
    { key: "l" },
    { gateway: 'g",null,"' },
  ];
  const ids = [{}, ...others].map((other) => entryId({ ...owner, ...other }));
  assert.equal(new Set(ids).size, others.length + 1);
  for (const id of ids) assert.match(id, /^[\w-]{43}$/);
});

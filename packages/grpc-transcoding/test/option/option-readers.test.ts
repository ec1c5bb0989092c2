import assert from "node:assert/strict";
import { test } from "node:test";
import { optionReaders } from "../../src/option/option-readers.ts";
import { quote } from "../../src/option/quote.ts";

class Wrong extends Error {
  constructor(path: string, value: string, fix: string) {
    super(`${path} is ${value}: ${fix}`);
  }
}

class Unknown extends Error {
  constructor(path: string, value: string, fix: string) {
    super(`${path} (${value}) does not exist: ${fix}`);
  }
}

const read = optionReaders({ wrong: Wrong, unknown: Unknown });

const refused =
  (message: string, from: typeof Wrong | typeof Unknown = Wrong) =>
  (error: Error) =>
    error instanceof from && error.message === message;

test("values of the right shape come back as they are", () => {
  const members = { a: 1 };
  const noop = () => {};
  assert.equal(read.object(members, "o", ["a"]), members);
  assert.equal(read.object(members, "o"), members);
  assert.equal(read.text("x", "o"), "x");
  assert.equal(read.boolean(false, "o"), false);
  assert.equal(read.choice("b", "o", ["a", "b"]), "b");
  assert.equal(read.function(noop, "o"), noop);
  assert.equal(read.number(0, "o"), 0);
  assert.equal(read.number(1.5, "o", { from: 1, to: 1.5 }), 1.5);
  assert.equal(read.integer(7, "o", { from: 7 }), 7);
  assert.equal(read.milliseconds(2 ** 31 - 1, "o"), 2 ** 31 - 1);
  assert.equal(read.milliseconds(0, "o", { from: 0 }), 0);
  assert.equal(read.optional(undefined, "o", read.text), undefined);
  assert.equal(read.optional("x", "o", read.text), "x");
  assert.deepEqual(read.list(["x", "y"], "o", read.text), ["x", "y"]);
});

test("the options of a plugin may have what Fastify adds for register, which is left out", () => {
  const options = { a: 1, prefix: "/v1", logLevel: "warn", logSerializers: {} };
  assert.deepEqual(read.plugin(options, ["a"]), { a: 1 });
});

test("a value of the wrong shape is refused with its path, what it is, and what to give", () => {
  const cases: readonly [() => unknown, string][] = [
    [() => read.plugin(null, []), "of the plugin is null: give an object"],
    [() => read.object("x", "a.b"), 'a.b is "x": give an object'],
    [() => read.text("", "a"), 'a is "": give a text that is not empty'],
    [() => read.boolean(1, "a"), "a is 1: give true or false"],
    [() => read.choice("c", "a", ["x", "y"]), 'a is "c": use one of "x", "y"'],
    [() => read.function(1, "a"), "a is 1: give a function"],
    [() => read.number("1", "a"), 'a is "1": give a number from 0 on'],
    [() => read.number(Number.NaN, "a"), "a is NaN: give a number from 0 on"],
    [() => read.number(Number.POSITIVE_INFINITY, "a"), "a is Infinity: give a number from 0 on"],
    [() => read.number(5, "a", { from: 1, to: 4 }), "a is 5: give a number from 1 to 4"],
    [() => read.integer(1.5, "a", { from: 1 }), "a is 1.5: give a whole number from 1 on"],
    [() => read.milliseconds(0, "a"), "a is 0: give a whole number from 1 to 2147483647"],
    [
      () => read.milliseconds(2 ** 31, "a", { from: 0 }),
      "a is 2147483648: give a whole number from 0 to 2147483647",
    ],
    [() => read.list({}, "a", read.text), "a is {}: give a list"],
    [() => read.list(["x", 2], "a", read.text), "a[1] is 2: give a text that is not empty"],
    [() => read.optional(null, "a", read.text), "a is null: give a text that is not empty"],
  ];
  for (const [reading, message] of cases) assert.throws(reading, refused(message));
});

test("a member that does not exist is refused by its path, and told what there is", () => {
  assert.throws(
    () => read.object({ a: 1, "b c": { d: 2 } }, "o", ["a"]),
    refused('o["b c"] ({"d":2}) does not exist: use one of a', Unknown),
  );
  assert.throws(
    () => read.plugin({ limit: 1 }, ["limits"]),
    refused("limit (1) does not exist: use one of limits", Unknown),
  );
});

test("what only looks like an object without members is refused: a list, a Map, a promise not awaited", () => {
  for (const value of [[], new Map([["a", 1]]), new Set(), Promise.resolve({ a: 1 })]) {
    assert.throws(() => read.object(value, "o"), Wrong);
  }
});

test("a method pattern means one method, those of a service, of a package, or all", () => {
  const method = (service: string, name: string) => ({
    path: `/${service}/${name}`,
    service,
    name,
  });
  const meant = (pattern: string) =>
    [
      method("a.v1.S", "Get"),
      method("a.v1.S", "Put"),
      method("a.v1.T", "Get"),
      method("a.v10.S", "Get"),
    ]
      .filter(read.method(pattern, "o"))
      .map(({ path }) => path);
  assert.deepEqual(meant("a.v1.S/Get"), ["/a.v1.S/Get"]);
  assert.deepEqual(meant("a.v1.S/*"), ["/a.v1.S/Get", "/a.v1.S/Put"]);
  assert.deepEqual(meant("a.v1.*"), ["/a.v1.S/Get", "/a.v1.S/Put", "/a.v1.T/Get"]);
  assert.equal(meant("*").length, 4);
  for (const bad of ["", "a.v1.S", "a.v1.S/G*", "/a.v1.S/Get", "a..S/Get", "*/Get", 7]) {
    assert.throws(() => read.method(bad, "o"), Wrong, String(bad));
  }
});

test("any value can be quoted, and a long one is cut", () => {
  const circular: { self?: unknown } = {};
  circular.self = circular;
  assert.equal(quote(circular), "an object that is no JSON");
  assert.equal(quote(7n), "7n");
  assert.equal(quote(Symbol("x")), "Symbol(x)");
  assert.equal(quote(undefined), "undefined");
  assert.equal(
    quote(() => 1),
    "a function",
  );
  assert.equal(quote("x".repeat(100)).length, 80);
});

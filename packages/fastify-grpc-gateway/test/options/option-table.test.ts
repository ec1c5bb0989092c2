import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { boolean } from "../../src/options/checks.ts";
import type { FastifyGrpcGatewayOptions } from "../../src/options/gateway-options.ts";
import { always, type OptionRow, type OptionRows } from "../../src/options/option-row.ts";
import { resolveOptions } from "../../src/options/resolve-options.ts";
import { isLegal, valuesFor } from "./check-values.ts";
import { groupRows, optionRows } from "./table-rows.ts";

type Given = Readonly<Record<string, unknown>>;

/** Options with a value at a path. Undefined is as if it were not there. */
function givenAt(path: string, value: unknown, namesSchema = false): Given {
  const [name = "", ...rest] = path.split(".");
  const nested = rest.reduceRight((inner, member) => ({ [member]: inner }), value);
  const isSource = namesSchema && !(name === "reflection" && value === false);
  const proto = isSource ? {} : { proto: "a.proto" };
  return { ...proto, upstream: "a:1", [name]: nested };
}

function valueAt(options: unknown, path: string): unknown {
  return path.split(".").reduce((value, name) => (value as Given)[name], options);
}

function resolve(given: Given): unknown {
  return resolveOptions(given as unknown as FastifyGrpcGatewayOptions);
}

function assertRefused(given: Given, path: string, note: string): void {
  assert.throws(
    () => resolve(given),
    (error: Error & { code: string }) => {
      assert.equal(error.code, "FST_GRPC_OPTION", `${note}: ${error.message}`);
      assert.ok(error.message.includes(`option "${path}`), `${note}: ${error.message}`);
      assert.match(error.message, /must be .+; got .+|unknown option .*; known are/s);
      return true;
    },
    note,
  );
}

for (const { path, row } of optionRows) {
  test(`option ${path} takes what its check says, as it was given, and refuses the rest`, () => {
    // A text names a file of rules, which is read.
    const values = valuesFor(row.check).filter(
      (value) => !(row.read !== undefined && typeof value === "string" && value !== ""),
    );
    const [accepted, refused] = [true, false].map((is) =>
      values.filter((value) => isLegal(row.check, value) === is),
    );
    assert.ok(accepted?.length && refused?.length);
    for (const value of accepted) {
      const options = resolve(givenAt(path, value, row.namesSchema));
      assert.equal(valueAt(options, path), value, inspect(value));
    }
    for (const value of refused) {
      assertRefused(givenAt(path, value, row.namesSchema), path, `${path}: ${inspect(value)}`);
    }
  });

  test(`option ${path} says what it is for, and has a default that it would accept`, () => {
    assert.notEqual(row.help, "");
    assert.notEqual(row.check.expected, "");
    if (row.default === "required") return assertRefused({ proto: "x" }, path, "not given");
    for (const [preset, value] of Object.entries(row.default)) {
      if (value !== undefined) assert.ok(isLegal(row.check, value), `${path}, ${preset}`);
      const options = resolve({ preset, upstream: "a:1", proto: "a.proto", ...sourceless(path) });
      // The preset and the schema's source have to be given here.
      if (path !== "preset" && path !== "proto") assert.deepEqual(valueAt(options, path), value);
    }
  });
}

function sourceless(path: string): Given {
  const [first = ""] = path.split(".");
  const group = groupRows.find((named) => named.path === first);
  // What is off has no defaults unless it is switched on.
  const whole = group?.row.switchable === "off" ? true : undefined;
  return { [first]: whole, ...(path === "proto" && { schema: {} }) };
}

for (const { path, row } of groupRows) {
  test(`option ${path} takes an object of its own options, and nothing else`, () => {
    const wrong = [null, [], ["x"], 5, Number.NaN, "", "x", () => undefined, { noSuchOption: 1 }];
    for (const value of row.switchable ? wrong : [...wrong, true, false]) {
      assertRefused(givenAt(path, value), path, `${path}: ${inspect(value)}`);
    }
    const none = resolve(givenAt(path, row.switchable === "off" ? true : undefined));
    for (const value of row.switchable ? [{}, true] : [{}]) {
      assert.deepEqual(resolve(givenAt(path, value)), none);
    }
    for (const off of row.switchable === "off" ? [false, undefined] : [false]) {
      if (row.switchable) assert.equal(valueAt(resolve(givenAt(path, off)), path), false);
    }
  });
}

test("a set of options that is no object is refused", () => {
  for (const value of [null, [], "x", () => undefined]) {
    assert.throws(() => resolve(value as never), { code: "FST_GRPC_OPTION" });
  }
});

test("what only presets set cannot be given, nor a name that every object has", () => {
  for (const name of ["streamEnvelope", "textDialect", "constructor", "toString", "__proto__"]) {
    const given = JSON.parse(`{ "proto": "x", "upstream": "a:1", "${name}": "go" }`);
    assert.throws(() => resolve(given), {
      code: "FST_GRPC_OPTION",
      message: new RegExp(`unknown option "${name}"; known are proto, [^_]*, onePort, logLevel$`),
    });
  }
});

test("the logLevel that Fastify takes of any plugin is left to Fastify", () => {
  assert.equal(
    "logLevel" in (resolve({ ...givenAt("name", "x"), logLevel: "warn" }) as Given),
    false,
  );
});

test("a member that is wrong is named, not the object that holds it", () => {
  const cases: readonly [options: Given, message: RegExp][] = [
    [
      { upstream: { target: "http://a" } },
      /"upstream\.target" must be .*no URL.*got "http:\/\/a"$/,
    ],
    [{ upstream: { target: "a:1", channel: 2 } }, /unknown option "upstream\.channel"/],
    [{ upstream: { target: "a:1", onUnavailable: 2 } }, /"upstream\.onUnavailable" must be a func/],
    [{ upstream: { host: "a:1" } }, /"upstream" must be a grpc\.Server.*got \{ host: 'a:1' \}$/],
    [{ headers: { request: { deny: "x" } } }, /"headers\.request\.deny" must be .*; got "x"$/],
    [{ nativeGrpc: { hook: "run" } }, /unknown option "nativeGrpc\.hook"; known are hooks, /],
  ];
  for (const [options, message] of cases) {
    assert.throws(() => resolve({ ...givenAt("name", "x"), ...options }), { message: message });
  }
});

test("a value of any shape can be told in the sentence, which stays short", () => {
  const circle: { self?: unknown } = {};
  circle.self = circle;
  const list: unknown[] = [Array(5)];
  list.push(list);
  const values = [
    circle,
    list,
    5n,
    Symbol("x"),
    Number.NaN,
    "x".repeat(10_000),
    Array(1e6).fill(1),
  ];
  for (const value of values) {
    assert.throws(
      () => resolve(givenAt("services", value)),
      ({ message }: Error) => message.length < 300 && message.includes("; got "),
    );
  }
  assert.throws(() => resolve(givenAt("name", Number.NaN)), /got NaN$/);
  assert.throws(() => resolve(givenAt("name", ["a", 1])), /got \["a", 1\]$/);
});

test("the preset chooses the defaults, and what is given wins over it", () => {
  const given = {
    ...givenAt("preset", "grpc-gateway"),
    unknownQuery: "reject",
    json: { emit: "set" },
  };
  const options = resolve(given) as Given;
  assert.equal(options.unknownQuery, "reject");
  assert.deepEqual(options.json, {
    naming: "json",
    emit: "set",
    enums: "name",
    enumNames: "full",
    unknownFields: "ignore",
    duplicateKeys: "last",
  });
});

test("the compiler asks for every row, its check, and a default where nothing may be missing", () => {
  type One = { readonly a?: boolean };
  const row = { help: "a switch", check: boolean, default: always(true) };
  const whole: OptionRows<One, Required<One>> = { a: row };
  // @ts-expect-error the row of `a` is missing
  const missing: OptionRows<One, Required<One>> = {};
  // @ts-expect-error a row without a check
  const unchecked: OptionRow<boolean> = { help: "a switch", default: always(true) };
  const absent: OptionRows<One, Required<One>> = {
    // @ts-expect-error a resolved `a` cannot be left out
    a: { ...row, default: always(undefined) },
  };
  // @ts-expect-error an option that has to be given has no default
  const required: OptionRows<Required<One>, Required<One>> = { a: row };
  assert.ok([whole, missing, unchecked, absent, required]);
});

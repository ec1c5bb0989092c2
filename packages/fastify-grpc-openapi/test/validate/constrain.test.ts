import assert from "node:assert/strict";
import { test } from "node:test";
import { messageOf, propertyOf } from "../document-of.ts";

const rules: readonly (readonly [field: string, rule: string, keywords: object])[] = [
  ["string", "string: { min_len: 2 max_len: 5 }", { type: "string", minLength: 2, maxLength: 5 }],
  ["string", "string.len = 3", { type: "string", minLength: 3, maxLength: 3 }],
  ["string", 'string.pattern = "^a+$"', { type: "string", pattern: "^a+$" }],
  ["string", 'string.pattern = "(?i)a"', { type: "string", "x-pattern-re2": "(?i)a" }],
  [
    "string",
    'string.pattern = "^[[:alpha:]]$"',
    { type: "string", "x-pattern-re2": "^[[:alpha:]]$" },
  ],
  [
    "string",
    'string: { prefix: "a." suffix: "z" }',
    { type: "string", allOf: [{ pattern: "^a\\." }, { pattern: "z$" }] },
  ],
  ["string", 'string: { in: ["a", "b"] }', { type: "string", enum: ["a", "b"] }],
  ["string", 'string: { not_in: ["a"] }', { type: "string", not: { enum: ["a"] } }],
  ["string", "string.email = true", { type: "string", format: "email" }],
  ["string", "string.uri_ref = true", { type: "string", format: "uri-reference" }],
  [
    "string",
    "string.ip = true",
    { type: "string", anyOf: [{ format: "ipv4" }, { format: "ipv6" }] },
  ],
  [
    "int32",
    "int32: { gte: 1 lt: 10 }",
    { type: "integer", format: "int32", minimum: 1, exclusiveMaximum: 10 },
  ],
  [
    "int32",
    "int32: { gt: 10 lt: 1 }",
    {
      type: "integer",
      format: "int32",
      anyOf: [{ exclusiveMinimum: 10 }, { exclusiveMaximum: 1 }],
    },
  ],
  ["int64", "int64.gte = 1", { type: "string", format: "int64", "x-buf-validate": { gte: "1" } }],
  ["int64", "int64: { in: [1, 2] }", { type: "string", format: "int64", enum: ["1", "2"] }],
  ["bool", "bool.const = true", { type: "boolean", enum: [true] }],
  [
    "repeated string",
    "repeated: { min_items: 1 max_items: 3 unique: true items: { string: { min_len: 1 } } }",
    {
      type: "array",
      items: { type: "string", minLength: 1 },
      minItems: 1,
      maxItems: 3,
      uniqueItems: true,
    },
  ],
  [
    "map<string, int32>",
    "map: { max_pairs: 2 keys: { string: { max_len: 9 } } values: { int32: { gt: 0 } } }",
    {
      type: "object",
      additionalProperties: { type: "integer", format: "int32", exclusiveMinimum: 0 },
      maxProperties: 2,
      propertyNames: { maxLength: 9 },
    },
  ],
  ["google.protobuf.StringValue", "string.max_len = 4", { type: "string", maxLength: 4 }],
  [
    "google.protobuf.Duration",
    "duration: { gt: { seconds: 1 } }",
    {
      type: "string",
      pattern: "^-?(?:0|[1-9][0-9]{0,11})(?:\\.[0-9]{1,9})?s$",
      "x-buf-validate": { gt: "1s" },
    },
  ],
  ["bytes", "bytes.min_len = 2", { type: "string", format: "byte" }],
];

for (const [type, rule, keywords] of rules) {
  test(`writes ${rule} of a ${type} in keywords`, () => {
    const option =
      rule.includes(": {") && /^\w+:/.test(rule)
        ? `(buf.validate.field) = { ${rule} }`
        : `(buf.validate.field).${rule}`;
    assert.deepEqual(propertyOf(`${type} f = 1 [${option}];`), keywords);
  });
}

test("filters the values of an enum", () => {
  const more = "enum E { ZERO = 0; ONE = 1; TWO = 2; }";
  const property = propertyOf("E e = 1 [(buf.validate.field).enum = { not_in: [0] }];", {}, more);
  assert.deepEqual(property, { type: "string", enum: ["ONE", "TWO"] });
});

test("demands fields that may not be unset or zero", () => {
  const { required } = messageOf(`
    M a = 1 [(buf.validate.field).required = true];
    string b = 2 [(buf.validate.field).string.min_len = 1];
    optional string c = 3 [(buf.validate.field).string.min_len = 1];
    string d = 4 [(buf.validate.field).string.max_len = 1];
    string e = 5 [(buf.validate.field) = { ignore: IGNORE_IF_ZERO_VALUE string: { min_len: 3 } }];
    int32 f = 6 [(buf.validate.field).int32.gt = 0];
    repeated string g = 7 [(buf.validate.field).repeated.min_items = 1];`);
  assert.deepEqual(required, ["a", "b", "f", "g"]);
});

test("lets zero pass where it is ignored", () => {
  const property = propertyOf(
    "string e = 5 [(buf.validate.field) = { ignore: IGNORE_IF_ZERO_VALUE string: { min_len: 3 } }];",
  );
  assert.deepEqual(property, { type: "string", anyOf: [{ enum: [""] }, { minLength: 3 }] });
});

test("demands a member of a required oneof", () => {
  const message = messageOf(
    "oneof k { option (buf.validate.oneof).required = true; string a = 1; string b = 2; }",
  );
  assert.deepEqual(message.oneOf, [{ required: ["a"] }, { required: ["b"] }]);
});

test("tells CEL rules in words", () => {
  const property = propertyOf(
    'string a = 1 [(buf.validate.field).cel = { id: "a" message: "must be nice" expression: "this != \'\'" }];',
  );
  assert.match(property.description ?? "", /Rule: must be nice/);
  assert.equal((property["x-buf-validate-cel"] as { id: string }[])[0]?.id, "a");
});

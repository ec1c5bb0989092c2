import assert from "node:assert/strict";
import { test } from "node:test";
import { lowerDocument } from "fastify-grpc-openapi";
import type { SchemaObject } from "../../src/model/openapi.ts";
import { lowerSchema } from "../../src/version/lower-schema.ts";

const ref = { $ref: "#/components/schemas/A" };

const schemas: readonly (readonly [what: string, schema: SchemaObject, lowered: object])[] = [
  ["a lone reference", ref, ref],
  [
    "siblings of a reference",
    { ...ref, description: "d", readOnly: true },
    { description: "d", readOnly: true, allOf: [ref] },
  ],
  ["a nullable type", { type: ["string", "null"] }, { type: "string", nullable: true }],
  [
    "null or a reference",
    { anyOf: [ref, { type: "null" }] },
    { anyOf: [ref, { type: "string", nullable: true, enum: [null] }] },
  ],
  ["const", { const: 1 }, { enum: [1] }],
  [
    "exclusive limits",
    { exclusiveMinimum: 1, exclusiveMaximum: 5 },
    { minimum: 1, exclusiveMinimum: true, maximum: 5, exclusiveMaximum: true },
  ],
  ["a looser exclusive limit", { minimum: 3, exclusiveMinimum: 1 }, { minimum: 3 }],
  ["examples", { type: "string", examples: ["a", "b"] }, { type: "string", example: "a" }],
  ["propertyNames", { type: "object", propertyNames: { maxLength: 3 } }, { type: "object" }],
  [
    "nested schemas",
    { type: "object", properties: { a: { const: 1 } }, additionalProperties: { const: 2 } },
    { type: "object", properties: { a: { enum: [1] } }, additionalProperties: { enum: [2] } },
  ],
];

for (const [what, schema, lowered] of schemas) {
  test(`writes ${what} in the terms of OpenAPI 3.0`, () =>
    assert.deepEqual(lowerSchema(schema), lowered));
}

test("refuses versions that it does not know", () => {
  const document = {
    openapi: "3.2.0",
    info: { title: "", version: "" },
    paths: {},
    components: {},
  };
  assert.throws(() => lowerDocument(document, "4.0.0"), /"4.0.0" is none of 3.0, 3.1, 3.2/);
  assert.throws(() => lowerDocument(document, "3.10.0"), RangeError);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { buildDocument } from "fastify-grpc-openapi";
import { compileTranscoder, createJsonCodec, type QueryDialect } from "grpc-transcoding";
import type { ParameterObject, SchemaObject } from "../../src/model/openapi.ts";
import { gatewayOf, schemaOf } from "../gateway-entry.ts";

const text = `syntax = "proto3"; package t; import "google/api/annotations.proto";
  message Range { int32 gte = 1; int32 lt = 2; repeated string unit = 3; }
  message Filter { Range price = 1; string text = 2; map<string, string> labels = 3; }
  message Item { string name = 1; Range size = 2; repeated Item parts = 3; }
  message Request {
    repeated string tag = 1; Filter filter = 2; repeated Item items = 3; map<string, int32> counts = 4;
    string q = 5; repeated int32 pages = 6;
  }
  service S { rpc Find(Request) returns (Request) { option (google.api.http) = { get: "/v1/find" }; } }`;
const schema = schemaOf({ "t.proto": text });
const json = {
  naming: "json",
  emit: "set",
  enums: "name",
  unknownFields: "reject",
} as const;

const dialects = (["repeat", "csv", "brackets"] as const).flatMap((arrays) =>
  (["dot", "brackets"] as const).flatMap((objects) =>
    [false, true].map((messages): QueryDialect => ({ arrays, objects, messages })),
  ),
);

/** A generator of numbers that is the same in every run. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >>> 8) % below;
  };
}

const texts = ["a", "b,c", "d&e=f", "[g]", "h.i", "ü 🎉", "100%", "+", "0"];

/** Writes a value as OpenAPI says that a parameter is written; adds what it is to the expected message. */
function write(
  { name, style, explode, schema: of }: ParameterObject,
  random: (below: number) => number,
): { readonly query: readonly string[]; readonly value: unknown } {
  const encode = encodeURIComponent;
  const scalar = (kind: SchemaObject | undefined): string | number =>
    kind?.type === "integer" ? random(1000) + 1 : (texts[random(texts.length)] as string);
  if (of?.type === "array") {
    const value = Array.from({ length: random(3) + 1 }, () => scalar(of.items as SchemaObject));
    assert.equal(style, "form");
    const query = explode
      ? value.map((one) => `${encode(name)}=${encode(one)}`)
      : [`${encode(name)}=${value.map((one) => encode(one)).join(",")}`];
    return { query, value };
  }
  if (style === "deepObject") {
    const keys = [...new Set([scalar(undefined), scalar(undefined)].map(String))];
    const usable = keys.filter((key) => !/[[\]]/.test(key));
    const value = Object.fromEntries(
      usable.map((key) => [key, scalar(of?.additionalProperties as SchemaObject)]),
    );
    const query = usable.map((key) => `${encode(`${name}[${key}]`)}=${encode(String(value[key]))}`);
    return { query, value };
  }
  const value = scalar(of);
  return { query: [`${encode(name)}=${encode(value)}`], value };
}

/** Sets a value at a parameter's name: `items[0].size[gte]`. */
function put(target: Record<string, unknown>, name: string, value: unknown): void {
  const steps = name.replace(/\[\]$/, "").match(/[^.[\]]+/g) ?? [];
  let level: Record<string, unknown> = target;
  for (const [i, step] of steps.entries()) {
    const next = steps[i + 1];
    if (next === undefined) level[step] = value;
    else {
      level[step] ??= /^\d+$/.test(next) ? [] : {};
      level = level[step] as Record<string, unknown>;
    }
  }
}

for (const query of dialects) {
  test(`what the document says of queries is read: ${JSON.stringify(query)}`, () => {
    const document = buildDocument(gatewayOf(schema, { query, json }));
    const parameters = document.paths["/v1/find"]?.get?.parameters ?? [];
    const names = parameters.map(({ name }) => name);
    assert.equal(
      names.some((name) => name.startsWith("items")),
      query.messages,
    );
    assert.ok(names.includes(query.objects === "dot" ? "filter.price.gte" : "filter[price][gte]"));
    assert.ok(names.includes(query.arrays === "brackets" ? "tag[]" : "tag"));
    const binding = schema.services[0]?.methods[0]?.bindings[0];
    if (binding === undefined) throw new Error("no binding");
    const codec = createJsonCodec(schema.registry, json);
    const { decodeRequest } = compileTranscoder(binding, { codec, query });
    const random = seeded(7);
    for (let round = 0; round < 500; round++) {
      const expected: Record<string, unknown> = {};
      const written = parameters.flatMap((parameter) => {
        if (random(3) > 0) return [];
        const { query: pieces, value } = write(parameter, random);
        if (pieces.length > 0) put(expected, parameter.name, value);
        return pieces;
      });
      const bytes = decodeRequest([], written.join("&"), new Uint8Array(0));
      const read = JSON.parse(codec.toJson(binding.method.input)(bytes).toString());
      assert.deepEqual(read, JSON.parse(JSON.stringify(expected)), written.join("&"));
    }
  });
}

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  compileTranscoder,
  createJsonCodec,
  createSchema,
  type HttpBinding,
  type QueryDialect,
} from "grpc-transcoding";
import { compileProtos, testFile } from "../schema/in-memory-protos.ts";

const schema = createSchema(
  compileProtos({
    "test/v1/items.proto": testFile(`
      message Range { int32 gte = 1; int32 lt = 2; }
      message Filter { Range price = 1; map<string, string> labels = 2; repeated Filter all = 3; }
      message Ask { string id = 1; repeated string tag = 2; Filter filter = 3; repeated Filter any = 4; }
      service Items { rpc Get(Ask) returns (Ask) { option (google.api.http) = { get: "/v1/{id}" }; } }`),
  }),
);
const binding = schema.services[0]?.methods[0]?.bindings[0] as HttpBinding;
const codec = createJsonCodec(schema.registry, {
  naming: "json",
  emit: "set",
  enums: "name",
  unknownFields: "reject",
});

function read(text: string, query: Partial<QueryDialect> = {}): unknown {
  const { decodeRequest } = compileTranscoder(binding, { codec, query });
  const bytes = decodeRequest(["x"], text, new Uint8Array(0));
  const { id, ...rest } = JSON.parse(codec.toJson(binding.method.input)(bytes).toString());
  return rest;
}

const csv = { arrays: "csv" } as const;
const lists = { arrays: "brackets" } as const;
const objects = { objects: "brackets" } as const;
const messages = { messages: true } as const;
const all = { ...lists, ...objects, ...messages } as const;

for (const [query, text, expected] of [
  [csv, "tag=a,b&tag=c%2Cd", { tag: ["a", "b", "c,d"] }],
  [csv, "tag=a%20b,+", { tag: ["a b", " "] }],
  [{}, "tag=a,b", { tag: ["a,b"] }],
  [lists, "tag[]=a&tag%5B%5D=b&tag=c", { tag: ["a", "b", "c"] }],
  [lists, "tag[0]=a&tag[1]=b", { tag: ["a", "b"] }],
  [objects, "filter[price][gte]=1&filter[price].lt=3", { filter: { price: { gte: 1, lt: 3 } } }],
  [objects, "filter[labels][a.b]=1", { filter: { labels: { "a.b": "1" } } }],
  [objects, "filter.labels[a]=1", { filter: { labels: { a: "1" } } }],
  [
    messages,
    "any[0].price.gte=1&any[1].price.gte=2&any[0].price.lt=9",
    {
      any: [{ price: { gte: 1, lt: 9 } }, { price: { gte: 2 } }],
    },
  ],
  [messages, "any[0].all[0].price.gte=1", { any: [{ all: [{ price: { gte: 1 } }] }] }],
  [all, "any[0][all][0][labels][k]=v", { any: [{ all: [{ labels: { k: "v" } }] }] }],
] as const) {
  test(`${text} is read by ${JSON.stringify(query)}`, () => {
    assert.deepEqual(read(text, query), expected);
  });
}

for (const [query, text, told] of [
  [{}, "tag[]=a", /only a map takes a key/],
  [{}, "filter[price]=1", /name a field of it/],
  [{}, "any[0].price.gte=1", /has no field/],
  [lists, "tag[1]=a", /0 is the next/],
  [lists, "tag[0]=a&tag[0]=b", /1 is the next/],
  [lists, "tag[-1]=a", /only a map takes a key/],
  [messages, "any[1].price.gte=1", /0 is the next/],
  [messages, "any[0]=1", /name a field of an item/],
  [messages, "any.price.gte=1", /takes its number in brackets/],
  [messages, "any[99999999].price.gte=1", /name a field of an item/],
  [objects, "filter[price][no]=1", /has no field "no"/],
  [objects, "filter[price]=1", /name a field of it/],
  [objects, "filter[id", /has no field/],
  [objects, ".tag=1", /has no field/],
  [objects, "filter[][gte]=1", /has no field ""/],
  [all, `${"any[0]".padEnd(6)}${".all[0]".repeat(40)}.price.gte=1`, /levels deep/],
  [all, "id=5", /the path or the body/],
  [csv, "tag=a,%zz", /percent-encoding/],
] as const) {
  test(`${text.slice(0, 40)} is a 400 by ${JSON.stringify(query)}`, () => {
    assert.throws(() => read(text, query), { message: told });
  });
}

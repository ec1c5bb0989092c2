import assert from "node:assert/strict";
import { test } from "node:test";
import { type DescField, type DescMessage, fromJson, toBinary } from "@bufbuild/protobuf";
import { createJsonCodec, createSchema } from "grpc-transcoding";
import { compileMessagePath, resolveRestRule } from "grpc-transcoding/internal";
import { compileProtos, testFile } from "../schema/in-memory-protos.ts";

const schema = createSchema(
  compileProtos({
    "test/v1/paths.proto": testFile(`
      message Thing { string name = 1; int32 revision = 2; }
      service Things { rpc Get(Thing) returns (Thing) { option (google.api.http) = { get: "/v1/get" }; } }`),
  }),
);
const codec = createJsonCodec(schema.registry, {
  naming: "json",
  emit: "implicit",
  enums: "name",
  unknownFields: "reject",
});
const method = schema.services[0]?.methods[0];

function pathOf(location: string, value: object): string | undefined {
  if (method === undefined) throw new Error("no method");
  const { success } = resolveRestRule(method, { success: { location } }, (member, what) => {
    throw new Error(`${member}: ${what}`);
  });
  if (success?.location === undefined) throw new Error("no location");
  const output: DescMessage & { readonly fields: DescField[] } = method.output;
  const bytes = toBinary(output, fromJson(output, value as never));
  return compileMessagePath(success.location, codec)(bytes);
}

for (const [template, name, expected] of [
  ["/v1/{name=things/*}", "things/1", "/v1/things/1"],
  ["/v1/{name=things/*}:wait", "things/1", "/v1/things/1:wait"],
  ["/v1/{name=things/*}", "users/1", undefined],
  ["/v1/{name=things/*}", "things/", undefined],
  ["/v1/{name=things/*}", "things/..", undefined],
  ["/v1/{name=things/*}", "things/1/2", undefined],
  ["/v1/{name}", "things/1", "/v1/things%2F1"],
  ["/v1/{name}", "..", undefined],
  ["/v1/{name=*}", ".", undefined],
  ["/{name=**}", "/evil.example/x", undefined],
  ["/{name=**}", "//evil.example", undefined],
  ["/{name=**}", "a/../b", undefined],
  ["/{name=**}", "a//b", undefined],
  ["/{name=**}", "a/b/", undefined],
  ["/{name=**}", "\\evil.example", "/%5Cevil.example"],
  ["/{name=**}", "a/b\r\nc", "/a/b%0D%0Ac"],
  ["/{name=things/**}", "things", "/things"],
  ["/{name=things/**}", "things/a/b", "/things/a/b"],
  ["/{name=things/**}", "users/a/b", undefined],
  ["/{name=things/**/end}", "things/a/b/end", "/things/a/b/end"],
  ["/{name=things/**/end}", "things/end", "/things/end"],
  ["/{name=things/**/end}", "things/a/b", undefined],
  ["/{name=things/**/end}", "things/a/b/other", undefined],
] as const) {
  test(`the path ${template} of ${JSON.stringify(name)} is ${expected}`, () => {
    assert.equal(pathOf(template, { name }), expected);
  });
}

test("a number that is not set makes no path, and one that is stands as digits", () => {
  assert.equal(pathOf("/v1/{revision}", {}), undefined);
  assert.equal(pathOf("/v1/{revision}", { revision: -7 }), "/v1/-7");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { createSchema, loadSchema, SchemaError, type SchemaSource } from "grpc-transcoding";
import { compileProtos } from "../in-memory-protos.ts";

const method = { path: "/a.A/Get", requestStream: false, requestSerialize: () => {} };
const serviceDefinition = { Get: method };
const packageDefinition = {
  "a.M": { format: "Protocol Buffer 3 DescriptorProto", type: {}, fileDescriptorProtos: [] },
  "a.A": serviceDefinition,
};
const ServiceClient = Object.assign(function ServiceClient() {}, { service: serviceDefinition });
const lost = /@grpc\/proto-loader or grpc-js, which has lost .*pass \{ proto, includeDirs \}/;

const refused: Readonly<Record<string, readonly [source: unknown, message: RegExp]>> = {
  nothing: [{}, /one of proto, descriptorSet, reflection, schema; none of them is given$/],
  undefined: [undefined, /none of them is given$/],
  "two sources": [{ proto: "a", schema: {} }, /given are proto and schema$/],
  "an empty list": [{ proto: [] }, /^proto: must be a file, directory or glob/],
  "a number as proto": [{ proto: 1 }, /^proto: must be .*; got number$/],
  "includeDirs without proto": [
    { descriptorSet: "x", includeDirs: [] },
    /^includeDirs: goes with proto only$/,
  ],
  "includeDirs as text": [{ proto: "x", includeDirs: "y" }, /^includeDirs: must be a list/],
  "a string as reflection": [{ reflection: "host:1" }, /^reflection: must be a Transport/],
  "an object as schema": [{ schema: {} }, /^schema: must be a Schema/],
  "a PackageDefinition": [packageDefinition, lost],
  "a PackageDefinition as schema": [{ schema: packageDefinition }, lost],
  "a PackageDefinition as descriptorSet": [{ descriptorSet: packageDefinition }, lost],
  "a ServiceDefinition": [{ schema: serviceDefinition }, lost],
  "a client class": [{ schema: ServiceClient }, lost],
  "the result of loadPackageDefinition": [{ proto: { a: { v1: { A: ServiceClient } } } }, lost],
};

for (const [what, [source, message]] of Object.entries(refused)) {
  test(`${what} is refused with what to pass instead`, async () => {
    await assert.rejects(loadSchema(source as SchemaSource), (error) => {
      assert.ok(error instanceof SchemaError);
      assert.match(error.message, message);
      return true;
    });
  });
}

test("a cyclic object is looked through once", async () => {
  const cyclic: Record<string, unknown> = {};
  cyclic.self = { cyclic, again: cyclic };
  await assert.rejects(loadSchema({ schema: cyclic } as never), /^SchemaError: schema: must be/);
});

const set = compileProtos({
  "a.proto": 'syntax = "proto3"; package a; service A {} service B {}',
});

test("a schema that is made already is taken as it is, or narrowed to services", async () => {
  const schema = createSchema(set);
  assert.equal(await loadSchema({ schema }), schema);
  assert.equal(
    await loadSchema({ proto: undefined, includeDirs: undefined, schema } as never),
    schema,
  );
  const narrowed = await loadSchema({ schema }, { services: ["a.B"] });
  assert.deepEqual(
    narrowed.services.map(({ name }) => name),
    ["a.B"],
  );
  assert.equal(narrowed.registry, schema.registry);
  await assert.rejects(loadSchema({ schema }, { services: ["a.C"] }), /"a\.C" matches no service/);
});

test("a registry of protobuf-es is taken by itself and as schema", async () => {
  const { registry } = createSchema(set);
  for (const source of [registry, { schema: registry }]) {
    const schema = await loadSchema(source, { services: ["a.A"] });
    assert.deepEqual(
      schema.services.map(({ name }) => name),
      ["a.A"],
    );
  }
});

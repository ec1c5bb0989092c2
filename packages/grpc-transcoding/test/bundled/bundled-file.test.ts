import assert from "node:assert/strict";
import { dirname } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { clone, type DescFile } from "@bufbuild/protobuf";
import * as wkt from "@bufbuild/protobuf/wkt";
import { type FileDescriptorProto, FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { bundledProto, bundledProtoNames, createSchema } from "grpc-transcoding";
import { compile } from "proto-to-descriptor";
import { bundledFile } from "../../src/bundled/bundled-file.ts";

test("every bundled proto compiles, and all of them make one schema", () => {
  const files = bundledProtoNames.map((name) => bundledFile(name) ?? assert.fail(name));
  const { registry } = createSchema(files);
  assert.deepEqual([...registry.files].map((file) => file.proto.name).sort(), bundledProtoNames);
});

test("compiles no name that is not bundled", () => {
  assert.equal(bundledFile("nope.proto"), undefined);
});

const numbers: readonly [extension: string, extendee: string, number: number][] = [
  ["google.api.http", "MethodOptions", 72295728],
  ["google.api.method_signature", "MethodOptions", 1051],
  ["google.api.default_host", "ServiceOptions", 1049],
  ["google.api.field_behavior", "FieldOptions", 1052],
  ["google.api.resource", "MessageOptions", 1053],
  ["google.api.resource_reference", "FieldOptions", 1055],
  ["google.api.method_visibility", "MethodOptions", 72295727],
  ["google.longrunning.operation_info", "MethodOptions", 1049],
  ["buf.validate.field", "FieldOptions", 1159],
  ["openapi.v3.operation", "MethodOptions", 1143],
  ["grpc.gateway.protoc_gen_openapiv2.options.openapiv2_operation", "MethodOptions", 1042],
  ["fastify.grpc.v1.method", "MethodOptions", 51234],
  ["fastify.grpc.v1.service", "ServiceOptions", 51234],
  ["fastify.grpc.v1.field", "FieldOptions", 51234],
];

test("extensions that the packages read have their published numbers", () => {
  const { registry } = createSchema(
    bundledProtoNames.map((name) => bundledFile(name) ?? assert.fail()),
  );
  for (const [name, extendee, number] of numbers) {
    const extension = registry.getExtension(name);
    assert.deepEqual(
      [extension?.extendee.typeName, extension?.number],
      [`google.protobuf.${extendee}`, number],
      name,
    );
  }
});

/** The declarations of a file: without options, which ours carry only where they have a meaning here. */
function declarationsOf(file: FileDescriptorProto): unknown {
  const text = JSON.stringify(clone(FileDescriptorProtoSchema, file), (key, value: unknown) =>
    ["options", "jsonName", "sourceCodeInfo", "$unknown"].includes(key) ? undefined : value,
  );
  return JSON.parse(text) as unknown;
}

function declaresTheSame(published: FileDescriptorProto): void {
  const bundled = bundledFile(published.name) ?? assert.fail(`${published.name} is not bundled`);
  assert.deepEqual(declarationsOf(bundled), declarationsOf(published), published.name);
}

const wellKnown = Object.values(wkt).filter(
  (value): value is DescFile => "kind" in Object(value) && (value as DescFile).kind === "file",
);

for (const { proto } of wellKnown.filter((file) => bundledFile(file.proto.name) !== undefined)) {
  test(`${proto.name} declares what the file of protobuf declares`, () => declaresTheSame(proto));
}

test("google/api, rpc, type and longrunning declare what the files of googleapis declare", () => {
  const names = bundledProtoNames.filter((name) =>
    /^google\/(api|rpc|type|longrunning)\//.test(name),
  );
  assert.equal(names.length, 57);
  const includeDirs = [
    dirname(fileURLToPath(import.meta.resolve("google-proto-files/package.json"))),
  ];
  const set = compile({ files: names, includeDirs, readFile: bundledProto });
  for (const file of set.file.filter(({ name }) => names.includes(name))) declaresTheSame(file);
});

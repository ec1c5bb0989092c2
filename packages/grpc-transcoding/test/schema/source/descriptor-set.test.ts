import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { WireType } from "@bufbuild/protobuf/wire";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { loadSchema, SchemaError } from "grpc-transcoding";
import { compileProtos } from "../in-memory-protos.ts";

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
const bytesOf = (name: string): Buffer => readFileSync(fixture(name));

const inputs: Readonly<Record<string, Parameters<typeof loadSchema>[0]>> = {
  "the path of a set of protoc": { descriptorSet: fixture("library.binpb") },
  "the bytes of a set of protoc": { descriptorSet: bytesOf("library.binpb") },
  "a FileDescriptorSet": {
    descriptorSet: fromBinary(FileDescriptorSetSchema, bytesOf("library.binpb")),
  },
  "a gzipped image of buf": { descriptorSet: fixture("library.image.binpb.gz") },
  "an image of buf": { descriptorSet: gunzipSync(bytesOf("library.image.binpb.gz")) },
  "a gzipped JSON image of buf": { descriptorSet: fixture("library.image.json.gz") },
  "a JSON image of buf": { descriptorSet: gunzipSync(bytesOf("library.image.json.gz")) },
  "the sources": { proto: fixture("proto") },
};

for (const [name, input] of Object.entries(inputs)) {
  test(`${name} gives services, bindings and errors in full`, async () => {
    const schema = await loadSchema(input);
    const [service, ...others] = schema.services;
    assert.equal(service?.name, "library.v1.Library");
    // Operations is only imported.
    assert.deepEqual(others, []);
    assert.deepEqual(
      service.methods.map(({ path, bindings }) => [path, bindings.map((b) => b.template.text)]),
      [
        ["/library.v1.Library/GetBook", ["/v1/{name=shelves/*/books/*}", "/v1/books:get"]],
        ["/library.v1.Library/ImportBooks", []],
        ["/library.v1.Library/WatchBooks", []],
      ],
    );
    assert.deepEqual(
      service.methods[0]?.errors.map(({ code, reason, httpStatus }) => [code, reason, httpStatus]),
      [
        ["NOT_FOUND", "BOOK_NOT_FOUND", 410],
        ["UNAUTHENTICATED", "", 0],
      ],
    );
    assert.equal(schema.registry.getMessage("library.v1.Book")?.field.added?.jsonName, "addedAt");
  });
}

test("comments and locations come from source info", async () => {
  for (const input of ["the sources", "the path of a set of protoc"] as const) {
    const schema = await loadSchema(inputs[input] ?? assert.fail());
    const book = schema.registry.getMessage("library.v1.Book") ?? assert.fail();
    assert.equal(schema.comment(book)?.leading, "A book on a shelf.\n\n    shelves/1/books/2");
    assert.equal(schema.location(book)?.line, 12);
    assert.match(schema.location(book)?.file ?? "", /(^|\/)library\/v1\/book\.proto$/);
  }
});

test("services of files that a buf image marks as imports are left out", async () => {
  const set = compileProtos({
    "a.proto": 'syntax = "proto3"; service A {}',
    "b.proto": 'syntax = "proto3"; service B {}',
  });
  const marked = set.file.find(({ name }) => name === "b.proto") ?? assert.fail();
  // buf.alpha.image.v1.ImageFileExtension { is_import: true }
  marked.$unknown = [
    { no: 8042, wireType: WireType.LengthDelimited, data: Uint8Array.of(2, 8, 1) },
  ];
  const descriptorSet = toBinary(FileDescriptorSetSchema, set);
  const { services } = await loadSchema({ descriptorSet });
  assert.deepEqual(
    services.map(({ name }) => name),
    ["A"],
  );
});

test("an imported service can be named", async () => {
  const services = ["google.longrunning.*"];
  const schema = await loadSchema(
    { descriptorSet: fixture("library.image.binpb.gz") },
    { services },
  );
  assert.deepEqual(
    schema.services.map(({ name }) => name),
    ["google.longrunning.Operations"],
  );
});

const refused: readonly [what: string, input: string | Uint8Array, message: RegExp][] = [
  ["a missing file", fixture("gone.binpb"), /gone\.binpb" is no descriptor set: ENOENT/],
  ["a source file", fixture("proto/library/v1/book.proto"), /goes into the option proto/],
  ["another file", fixture("README.md"), /README\.md" is no descriptor set: .*buf build -o/],
  ["broken JSON", Buffer.from('{"file": ['), /10 bytes is no descriptor set: .*JSON/],
  ["JSON of another kind", Buffer.from('{"file": 1}'), /is no descriptor set: /],
  ["a truncated set", bytesOf("library.binpb").subarray(0, 500), /500 bytes is no descriptor set/],
  ["truncated gzip", bytesOf("library.image.binpb.gz").subarray(0, 500), /is no descriptor set: /],
  ["nothing", new Uint8Array(), /0 bytes is no descriptor set: it has no files with names/],
];

for (const [what, descriptorSet, message] of refused) {
  test(`${what} is refused with a message that names the option`, async () => {
    await assert.rejects(loadSchema({ descriptorSet }), (error) => {
      assert.ok(error instanceof SchemaError);
      assert.match(error.message, message);
      assert.equal(error.problems[0]?.option, "descriptorSet");
      return true;
    });
  });
}

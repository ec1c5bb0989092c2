import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { create, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { loadSchema, type Schema, SchemaError } from "grpc-transcoding";
import { type FileSource, loadSchemaInTurns } from "grpc-transcoding/internal";

const proto = `syntax = "proto3";
package shop.v1;
import "google/api/annotations.proto";
import "google/longrunning/operations.proto";
// Sells.
service Shop {
  // Sells one.
  rpc Buy(Item) returns (Item) { option (google.api.http) = { post: "/v1/items" body: "*" }; }
  rpc Open(Item) returns (google.longrunning.Operation);
}
message Item { string name = 1; }
`;

function files(t: TestContext, texts: Readonly<Record<string, string | Uint8Array>>): string {
  const dir = mkdtempSync(join(tmpdir(), "in-turns-"));
  t.after(() => rmSync(dir, { recursive: true }));
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(dir, name), text);
  return dir;
}

/** What users see of a schema. */
function seen({ services, comment, location }: Schema): object {
  return services.map(({ name, desc, methods }) => ({
    name,
    comment: comment(desc),
    location: location(desc),
    methods: methods.map((method) => ({
      path: method.path,
      location: method.location,
      comment: comment(method.desc),
      bindings: method.bindings.map(({ httpMethod, template }) => `${httpMethod} ${template.text}`),
    })),
  }));
}

test("a schema that is loaded in turns is the one that is loaded at once, of protos and of descriptor sets", async (t) => {
  const dir = files(t, { "shop.proto": proto });
  const { registry } = await loadSchema({ proto: dir });
  const set = create(FileDescriptorSetSchema, {
    file: [...registry.files].map((file) => file.proto),
  });
  const setDir = files(t, { "shop.binpb": toBinary(FileDescriptorSetSchema, set) });
  const sources: FileSource[] = [
    { proto: dir },
    { proto: [join(dir, "shop.proto")], includeDirs: [dir] },
    { descriptorSet: join(setDir, "shop.binpb") },
  ];
  for (const source of sources) {
    const loaded = await loadSchemaInTurns(source);
    assert.deepEqual(seen(loaded), seen(await loadSchema(source)));
    assert.deepEqual(
      loaded.services.map(({ name }) => name),
      ["shop.v1.Shop"],
    );
  }
});

test("options of the schema are followed, and warnings are told, as at once", async (t) => {
  const dir = files(t, { "shop.proto": proto });
  await assert.rejects(
    loadSchemaInTurns({ proto: dir }, { services: ["shop.v1.Shp"] }),
    /matches no service/,
  );
  const warnings: string[] = [];
  const options = { onWarning: ({ message }: { message: string }) => void warnings.push(message) };
  await loadSchemaInTurns({ proto: dir }, options);
  const atOnce: string[] = [];
  await loadSchema({ proto: dir }, { onWarning: ({ message }) => void atOnce.push(message) });
  assert.deepEqual(warnings, atOnce);
});

const broken: readonly [what: string, text: string][] = [
  ["that does not parse", 'syntax = "proto3";\nmessage A {\n  strin\n}'],
  ["with an import that is not there", 'syntax = "proto3";\nimport "nowhere.proto";\n'],
  ["whose rule names no field", proto.replace('"/v1/items"', '"/v1/{nothing}"')],
];

for (const [what, text] of broken) {
  test(`a source ${what} has the problems that it has at once`, async (t) => {
    const source = { proto: files(t, { "shop.proto": text }) };
    const problemsOf = (load: (source: FileSource) => Promise<Schema>) =>
      load(source).then(
        () => assert.fail("it was loaded"),
        (error) => {
          assert.ok(error instanceof SchemaError);
          return error.problems.map((problem) => ({ ...problem }));
        },
      );
    assert.deepEqual(await problemsOf(loadSchemaInTurns), await problemsOf(loadSchema));
  });
}

test("others have their turn while a large source is loaded", async (t) => {
  const methods = Array.from({ length: 500 }, (_, i) => `rpc M${i}(R${i}) returns (R${i});`);
  const messages = Array.from(
    { length: 500 },
    (_, i) => `message R${i} { string a = 1; R${i} b = 2; }`,
  );
  const text = `syntax = "proto3";\npackage big.v1;\nservice Big { ${methods.join("\n")} }\n${messages.join("\n")}\n`;
  const source = { proto: files(t, { "big.proto": text }) };
  let turns = 0;
  let loaded = false;
  const count = (): void => {
    turns += 1;
    if (!loaded) setImmediate(count);
  };
  setImmediate(count);
  const schema = await loadSchemaInTurns(source);
  loaded = true;
  assert.equal(schema.services[0]?.methods.length, 500);
  assert.ok(turns >= 100, `${turns} turns`);
});

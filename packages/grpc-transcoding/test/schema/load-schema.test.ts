import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { loadSchema, SchemaError } from "grpc-transcoding";
import { testFile } from "./in-memory-protos.ts";
import { temporaryProtos } from "./temporary-protos.ts";

test("all errors of the sources are collected, each with its file, line and column", async (t) => {
  const root = temporaryProtos(t, {
    "a.proto": 'syntax = "proto3";\nmessage A {\n  Nope n = 1;\n}\n',
    "b.proto": 'syntax = "proto3";\nimport "gone.proto";\n',
    "c.proto": 'syntax = "proto3";\nmessage C { int32 x 1; }\n',
  });
  await assert.rejects(loadSchema({ proto: root }), (error) => {
    assert.ok(error instanceof SchemaError);
    const problems = error.problems.toSorted((a, b) => (a.message < b.message ? -1 : 1));
    assert.deepEqual(
      problems.map(({ location }) => [location?.file, location?.line]),
      [
        [join(root, "a.proto"), 3],
        [join(root, "b.proto"), 2],
        [join(root, "c.proto"), 2],
      ],
    );
    assert.match(problems[0]?.message ?? "", /a\.proto:3:3: .*Nope/);
    assert.match(
      problems[1]?.message ?? "",
      /b\.proto:2:\d+: .*gone\.proto.* Searched in .* add its directory to includeDirs\.$/,
    );
    return true;
  });
});

test("problems of rules name the file on disk, not the import", async (t) => {
  const root = temporaryProtos(t, {
    "test/v1/items.proto": testFile(
      'service S { rpc A(Item) returns (Item) { option (google.api.http).get = "/{nope}"; } }',
    ),
  });
  await assert.rejects(loadSchema({ proto: root }), (error) => {
    assert.ok(error instanceof SchemaError);
    assert.equal(error.problems[0]?.location?.file, join(root, "test/v1/items.proto"));
    return true;
  });
});

test("the user's own copy of a bundled file wins", async (t) => {
  const root = temporaryProtos(t, {
    "own/google/type/money.proto":
      'syntax = "proto3"; package google.type; message Money { string amount = 1; }',
    "proto/a.proto": `syntax = "proto3";
      import "google/type/money.proto";
      import "google/type/date.proto";
      message A { google.type.Money money = 1; google.type.Date date = 2; }`,
  });
  const includeDirs = [join(root, "own")];
  const { registry } = await loadSchema({ proto: join(root, "proto"), includeDirs });
  const fieldsOf = (name: string) => registry.getMessage(name)?.fields.map((field) => field.name);
  assert.deepEqual(fieldsOf("google.type.Money"), ["amount"]);
  assert.deepEqual(fieldsOf("google.type.Date"), ["year", "month", "day"]);
});

test("services of imported files are left out, of named files taken", async (t) => {
  const root = temporaryProtos(t, {
    "lib/b.proto": 'syntax = "proto3"; package b; message M {} service B {}',
    "app/a.proto": 'syntax = "proto3"; import "b.proto"; service A { rpc R(b.M) returns (b.M); }',
  });
  const [app, lib] = [join(root, "app"), join(root, "lib")];
  const namesOf = async (proto: string[]): Promise<string[]> => {
    const schema = await loadSchema({ proto, includeDirs: [lib] });
    return schema.services.map(({ name }) => name).sort();
  };
  assert.deepEqual(await namesOf([app]), ["A"]);
  assert.deepEqual(await namesOf([app, join(lib, "b.proto")]), ["A", "b.B"]);
});

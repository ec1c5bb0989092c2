import assert from "node:assert/strict";
import { test } from "node:test";
import { clone, create, createFileRegistry, type FileRegistry } from "@bufbuild/protobuf";
import {
  FileDescriptorProtoSchema,
  type FileDescriptorSet,
  FileDescriptorSetSchema,
} from "@bufbuild/protobuf/wkt";
import { createSchema, type Schema, SchemaError, type SchemaProblem } from "grpc-transcoding";
import { compileProtos, testFile } from "./in-memory-protos.ts";

const items = compileProtos({
  "test/v1/items.proto": testFile(`
    service Items {
      option (fastify.grpc.v1.service) = { errors { code: UNAUTHENTICATED message: "Sign in." } };
      rpc Get(Item) returns (Item) {
        option (google.api.http) = {
          get: "/v1/{name=items/*}"
          additional_bindings { post: "/v1/items:get" body: "*" }
        };
        option (fastify.grpc.v1.method) = {
          errors { code: NOT_FOUND reason: "NO_ITEM" domain: "test" message: "Gone." details: "name"
                   detail_types: "google.rpc.ErrorInfo" http_status: 410 retryable: true }
        };
      }
      rpc Watch(Item) returns (stream Item);
      rpc Send(stream Item) returns (stream Item);
    }`),
});

function methodsOf(schema: Schema): unknown {
  return schema.services.map(({ name, methods }) => [name, methods.map((method) => method.path)]);
}

function bindingsOf(schema: Schema): string[] {
  const bindings = schema.services.flatMap(({ methods }) => methods.flatMap((m) => m.bindings));
  return bindings.map(
    ({ index, httpMethod, template }) => `${index} ${httpMethod} ${template.text}`,
  );
}

function problemsOf(
  set: FileDescriptorSet,
  services?: readonly string[],
): readonly SchemaProblem[] {
  try {
    createSchema(set, services === undefined ? {} : { services });
  } catch (error) {
    if (error instanceof SchemaError) return error.problems;
    throw error;
  }
  return assert.fail("no SchemaError was thrown");
}

test("describes services and methods with their paths, streams and bindings", () => {
  const schema = createSchema(items);
  const [service] = schema.services;
  assert.equal(service?.name, "test.v1.Items");
  assert.deepEqual(
    service.methods.map(({ path, clientStreaming, serverStreaming, input }) => {
      return [path, clientStreaming, serverStreaming, input.typeName];
    }),
    [
      ["/test.v1.Items/Get", false, false, "test.v1.Item"],
      ["/test.v1.Items/Watch", false, true, "test.v1.Item"],
      ["/test.v1.Items/Send", true, true, "test.v1.Item"],
    ],
  );
  assert.ok(service.methods.every((method) => method.service === service));
  assert.deepEqual(bindingsOf(schema), ["0 GET /v1/{name=items/*}", "1 POST /v1/items:get"]);
  assert.ok(service.methods[0]?.bindings.every((binding) => binding.method === service.methods[0]));
});

test("reads declared errors: those of the method, then those of the service", () => {
  const [get, watch] = createSchema(items).services[0]?.methods ?? [];
  const signIn = {
    code: "UNAUTHENTICATED",
    reason: "",
    domain: "",
    message: "Sign in.",
    details: [],
    detailTypes: [],
    httpStatus: 0,
    retryable: false,
  };
  const gone = {
    code: "NOT_FOUND",
    reason: "NO_ITEM",
    domain: "test",
    message: "Gone.",
    details: ["name"],
    detailTypes: ["google.rpc.ErrorInfo"],
    httpStatus: 410,
    retryable: true,
  };
  assert.deepEqual(get?.errors, [gone, signIn]);
  assert.deepEqual(watch?.errors, [signIn]);
});

test("a reason without a domain gets the service's default host", () => {
  const set = compileProtos({
    "a.proto": testFile(`
      import "google/api/client.proto";
      service A {
        option (google.api.default_host) = "a.example";
        option (fastify.grpc.v1.service) = { errors { code: ABORTED reason: "RACE" } };
        rpc Get(Item) returns (Item) {
          option (fastify.grpc.v1.method) = {
            errors { code: NOT_FOUND reason: "GONE" domain: "b.example" }
            errors { code: INTERNAL }
          };
        }
      }`),
  });
  assert.deepEqual(
    createSchema(set).services[0]?.methods[0]?.errors.map(({ reason, domain }) => [reason, domain]),
    [
      ["GONE", "b.example"],
      ["", ""],
      ["RACE", "a.example"],
    ],
  );
});

test("refuses error declarations that no table could use, with the place of the rpc", () => {
  const set = compileProtos({
    "bad.proto": testFile(`
service Bad {
  rpc A(Item) returns (Item) {
    option (fastify.grpc.v1.method) = {
      errors { reason: "X" }
      errors { code: NOT_FOUND reason: "no-item" }
      errors { code: ABORTED http_status: 302 }
      errors { code: 77 }
    };
  }
}`),
  });
  const problems = problemsOf(set);
  assert.deepEqual(
    problems.map(({ message }) => message.replace(/: (is|"|302|77).*/s, ": …")),
    [
      "bad.proto:8:3: test.v1.Bad.A: (fastify.grpc.v1.method).errors[0].code: …",
      "bad.proto:8:3: test.v1.Bad.A: (fastify.grpc.v1.method).errors[1].reason: …",
      "bad.proto:8:3: test.v1.Bad.A: (fastify.grpc.v1.method).errors[2].http_status: …",
      "bad.proto:8:3: test.v1.Bad.A: (fastify.grpc.v1.method).errors[3].code: …",
    ],
  );
  assert.deepEqual(problems[0]?.location, { file: "bad.proto", line: 8, column: 3 });
});

test("collects the problems of all rules, and gives warnings apart", () => {
  const set = compileProtos({
    "bad.proto": testFile(`service Bad {
      rpc A(Item) returns (Item) { option (google.api.http) = { get: "/v1/{nam}" }; }
      rpc B(Item) returns (Item) { option (google.api.http) = { get: "/v1/{" }; }
      rpc C(Item) returns (Item) { option (google.api.http) = { delete: "/v1" body: "*" }; }
    }`),
  });
  const warnings: SchemaProblem[] = [];
  assert.throws(
    () => createSchema(set, { onWarning: (warning) => warnings.push(warning) }),
    (error) => {
      assert.ok(error instanceof SchemaError);
      assert.deepEqual(
        error.problems.map(({ code, location }) => [code, location?.line]),
        [
          ["GW_FIELD_UNKNOWN", 7],
          ["GW_TEMPLATE_SYNTAX", 8],
        ],
      );
      assert.match(error.message, /bad\.proto:7.*"nam".*\[GW_FIELD_UNKNOWN\]\n/);
      return true;
    },
  );
  assert.deepEqual(
    warnings.map(({ code }) => code),
    ["GW_BODY_ON_DELETE"],
  );
});

test("gives the same schema for files in any order, as a list, or as a registry", () => {
  const reversed = clone(FileDescriptorSetSchema, items);
  reversed.file.reverse();
  const registry: FileRegistry = createFileRegistry(items);
  for (const source of [items, reversed, items.file, new Set(items.file), registry]) {
    const schema = createSchema(source);
    assert.deepEqual(methodsOf(schema), methodsOf(createSchema(items)));
    assert.equal(bindingsOf(schema).length, 2);
  }
});

test("keeps comments and locations but no source info, and leaves the input alone", () => {
  const set = compileProtos({
    "a.proto": `syntax = "proto3";
// A message.
message A {
  // A field,
  //   indented.
  string b = 1; // trailing
  oneof c { // of c
    int32 d = 2;
  }
  /* An enum. */
  enum E {
    // Zero.
    E_ZERO = 0;
  }
}
// A service.
service S {
  // An rpc.
  rpc R(A) returns (A);
}
`,
  });
  const schema = createSchema(set);
  const a = schema.registry.getMessage("A") ?? assert.fail();
  const [service] = schema.services;
  const elements = {
    message: a,
    field: a.field.b,
    oneof: a.oneofs[0],
    enum: a.nestedEnums[0],
    value: a.nestedEnums[0]?.values[0],
    service: service?.desc,
    method: service?.methods[0]?.desc,
  };
  const seen = Object.entries(elements).map(([kind, element]) => {
    assert.ok(element);
    const { leading, trailing } = schema.comment(element) ?? {};
    const { line, column } = schema.location(element) ?? {};
    return [kind, leading, trailing, line, column];
  });
  assert.deepEqual(seen, [
    ["message", "A message.", "", 3, 1],
    ["field", "A field,\n  indented.", "trailing", 6, 3],
    ["oneof", "", "of c", 7, 3],
    ["enum", "An enum.", "", 11, 3],
    ["value", "Zero.", "", 13, 5],
    ["service", "A service.", "", 17, 1],
    ["method", "An rpc.", "", 19, 3],
  ]);
  const uncommented = a.field.d ?? assert.fail();
  assert.equal(schema.comment(uncommented), undefined);
  assert.deepEqual(schema.location(uncommented), { file: "a.proto", line: 8, column: 5 });
  assert.equal(schema.registry.getFile("a.proto")?.proto.sourceCodeInfo, undefined);
  assert.notEqual(set.file[0]?.sourceCodeInfo, undefined);
});

test("takes the services that the option names, in the order of the files", () => {
  const set = compileProtos({
    "a.proto": 'syntax = "proto3"; package a.v1; service A {} service B {}',
    "c.proto": 'syntax = "proto3"; package a.v10; service C {}',
  });
  const chosen = (...services: string[]): string[] =>
    createSchema(set, { services }).services.map(({ name }) => name);
  assert.deepEqual(chosen("a.v1.B", "a.v1.A"), ["a.v1.A", "a.v1.B"]);
  assert.deepEqual(chosen("a.v1.*"), ["a.v1.A", "a.v1.B"]);
  assert.deepEqual(chosen("a.*"), ["a.v1.A", "a.v1.B", "a.v10.C"]);
  assert.deepEqual(chosen("*"), ["a.v1.A", "a.v1.B", "a.v10.C"]);
  assert.deepEqual(chosen(), []);
  assert.deepEqual(problemsOf(set, ["a.v1.A", "a.v1.Nope"]), [
    {
      option: "services[1]",
      message: 'services[1]: "a.v1.Nope" matches no service; there are a.v1.A, a.v1.B, a.v10.C',
    },
  ]);
});

test("leaves out services that only come along with a bundled import, unless they are named", () => {
  const set = compileProtos({
    "a.proto": `syntax = "proto3";
      import "google/longrunning/operations.proto";
      service A { rpc Run(google.longrunning.Operation) returns (google.longrunning.Operation); }`,
  });
  const names = (schema: Schema): string[] => schema.services.map(({ name }) => name);
  assert.deepEqual(names(createSchema(set)), ["A"]);
  const services = ["A", "google.longrunning.Operations"];
  assert.deepEqual(names(createSchema(set, { services })), services.toReversed());
});

test("fills absent imports from the bundled files, and reads annotations by them", () => {
  const bare = items.file.filter((file) => file.name === "test/v1/items.proto");
  const schema = createSchema(bare);
  assert.equal(bindingsOf(schema).length, 2);
  assert.equal(schema.services[0]?.methods[0]?.errors.length, 2);
});

test("reads http rules even when no file of the set leads to their extension", () => {
  const set = compileProtos({
    "options.proto": 'syntax = "proto3"; import public "google/api/annotations.proto";',
    "a.proto": `syntax = "proto3";
      import "options.proto";
      message M {}
      service A { rpc Run(M) returns (M) { option (google.api.http).get = "/run"; } }`,
  });
  const bare = set.file.filter((file) => file.name === "a.proto");
  assert.deepEqual(bindingsOf(createSchema(bare)), ["0 GET /run"]);
});

test("names the types that no file declares, and the missing imports", () => {
  const set = compileProtos({
    "b.proto": 'syntax = "proto3"; package b; message B {} enum E { E_0 = 0; }',
    "a.proto": 'syntax = "proto3"; import "b.proto"; message A { b.B b = 1; b.E e = 2; }',
  });
  const [problem, ...rest] = problemsOf(
    create(FileDescriptorSetSchema, { file: set.file.filter(({ name }) => name === "a.proto") }),
  );
  assert.deepEqual(rest, []);
  assert.match(
    problem?.message ?? "",
    /^a\.proto: no file of the set declares b\.B, b\.E; missing is its import b\.proto; .*--include_imports/,
  );
});

test("turns descriptors that no compiler makes into a SchemaError", () => {
  const file = create(FileDescriptorProtoSchema, {
    name: "evil.proto",
    syntax: "proto3",
    messageType: [{ name: "A;drop" }],
  });
  const [problem] = problemsOf(create(FileDescriptorSetSchema, { file: [file] }));
  assert.match(problem?.message ?? "", /the descriptors are not valid: .*A;drop/);
});

test("gives json names to descriptors that came without them", () => {
  const set = compileProtos({
    "a.proto":
      'syntax = "proto3"; message A { int32 some_field = 1; int32 b = 2 [json_name = "x"]; }',
  });
  const bare = clone(FileDescriptorSetSchema, set);
  for (const field of bare.file[0]?.messageType[0]?.field ?? []) {
    if (field.jsonName !== "x") field.jsonName = "";
  }
  const { fields } = createSchema(bare).registry.getMessage("A") ?? assert.fail();
  assert.deepEqual(
    fields.map(({ jsonName }) => jsonName),
    ["someField", "x"],
  );
  assert.equal(bare.file[0]?.messageType[0]?.field[0]?.jsonName, "");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { clone, create, toBinary } from "@bufbuild/protobuf";
import {
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
  type FileDescriptorSet,
} from "@bufbuild/protobuf/wkt";
import { Code, loadSchema, type Schema, SchemaError, type SchemaProblem } from "grpc-transcoding";
import { compileProtos, testFile } from "../in-memory-protos.ts";
import { type Answer, reflectionTransport } from "./reflection-server.ts";

const set = compileProtos({
  "test/v1/items.proto": testFile(
    'service Items { rpc Get(Item) returns (Item) { option (google.api.http).get = "/v1/{name}"; } }',
  ),
  "test/v1/other.proto": 'syntax = "proto3"; package test.v1; service Other {}',
});

/** Answers as servers do: one file at a time, from the given set. */
function servingFiles({ file: files }: FileDescriptorSet, services: readonly string[]): Answer {
  return (kind, name) => {
    if (kind === "listServices") {
      const service = services.map((one) => ({ name: one }));
      return { messageResponse: { case: "listServicesResponse", value: { service } } };
    }
    const found = files.find((file) =>
      kind === "fileByFilename" ? file.name === name : declares(file, name),
    );
    if (found === undefined) {
      const value = { errorCode: Code.NOT_FOUND, errorMessage: `no ${name}` };
      return { messageResponse: { case: "errorResponse", value } };
    }
    return filesResponse([found]);
  };
}

function declares(file: FileDescriptorProto, name: string): boolean {
  return file.service.some((service) => `${file.package}.${service.name}` === name);
}

function filesResponse(files: readonly FileDescriptorProto[]): object {
  const fileDescriptorProto = files.map((file) => toBinary(FileDescriptorProtoSchema, file));
  return { messageResponse: { case: "fileDescriptorResponse", value: { fileDescriptorProto } } };
}

function summaryOf(schema: Schema): unknown {
  return schema.services.map(({ name, methods }) => [
    name,
    methods.flatMap(({ bindings }) => bindings.map(({ template }) => template.text)),
  ]);
}

async function load(answer: Answer, versions?: readonly string[]) {
  const warnings: string[] = [];
  const reflection = reflectionTransport(answer, versions);
  const onWarning = ({ message }: SchemaProblem): unknown => warnings.push(message);
  const schema = await loadSchema({ reflection }, { onWarning });
  return { schema, warnings, ...reflection };
}

const listed = ["grpc.reflection.v1.ServerReflection", "test.v1.Items"];

test("loads the services that a server lists, with their imports and annotations", async () => {
  const { schema, warnings, paths, cancelled } = await load(servingFiles(set, listed));
  assert.deepEqual(summaryOf(schema), [["test.v1.Items", ["/v1/{name}"]]]);
  assert.deepEqual(warnings, []);
  assert.deepEqual(paths, ["/grpc.reflection.v1.ServerReflection/ServerReflectionInfo"]);
  assert.equal(cancelled.length, 1, "the stream is closed");
});

test("asks v1alpha where v1 is unimplemented", async () => {
  const { schema, paths } = await load(servingFiles(set, listed), ["v1alpha"]);
  assert.equal(schema.services.length, 1);
  assert.deepEqual(
    paths.map((path) => path.split(".")[2]),
    ["v1", "v1alpha"],
  );
});

test("takes files that a server sends unasked, and asks for none twice", async () => {
  const asked: string[] = [];
  const answer = servingFiles(set, listed);
  await load((kind, name) => {
    asked.push(name);
    return kind === "fileContainingSymbol" ? filesResponse(set.file) : answer(kind, name);
  });
  assert.deepEqual(asked, ["*", "test.v1.Items"]);
});

test("warns of imports and services that the server does not have, and goes on", async () => {
  const file = set.file.filter(({ name }) => name.startsWith("test/"));
  const answer = servingFiles({ ...set, file }, [...listed, "test.v1.Gone"]);
  const { schema, warnings } = await load(answer);
  assert.deepEqual(summaryOf(schema), [["test.v1.Items", ["/v1/{name}"]]]);
  assert.deepEqual(warnings.toSorted(), [
    'reflection: the server does not give "fastify/grpc/v1/annotations.proto": no fastify/grpc/v1/annotations.proto',
    'reflection: the server does not give "google/api/annotations.proto": no google/api/annotations.proto',
    "reflection: the server does not give test.v1.Gone: no test.v1.Gone",
  ]);
});

const plain = compileProtos({
  "plain.proto":
    'syntax = "proto3"; package plain; message M { int32 some_field = 1; } service P { rpc R(M) returns (M); }',
});

test("warns of services without annotations", async () => {
  const { schema, warnings } = await load(servingFiles(plain, ["plain.P"]));
  assert.deepEqual(summaryOf(schema), [["plain.P", []]]);
  assert.equal(warnings.length, 1);
  assert.match(
    warnings.join(),
    /plain\.P: .*no google\.api\.http annotations.*proto-loader.*pass proto/,
  );
});

test("names types in the files of proto-loader servers, which are relative and without imports", async () => {
  const merged = create(FileDescriptorProtoSchema, {
    name: "shop_v1.proto",
    package: "shop.v1",
    syntax: "proto3",
    messageType: [
      {
        name: "Order",
        field: [
          { name: "placed", number: 1, label: 1, type: 11, typeName: "google.protobuf.Timestamp" },
          { name: "main_line", number: 2, label: 1, type: 11, typeName: "Line" },
        ],
        nestedType: [{ name: "Line" }],
      },
    ],
    service: [{ name: "Shop", method: [{ name: "Get", inputType: "Order", outputType: "Order" }] }],
  });
  const protobuf = create(FileDescriptorProtoSchema, {
    name: "google_protobuf.proto",
    package: "google.protobuf",
    syntax: "proto3",
    messageType: [
      {
        name: "Timestamp",
        extension: [{ name: "zone", number: 9, extendee: "MethodOptions", type: 9 }],
      },
      {
        name: "MethodOptions",
        field: [{ name: ".google.api.http", number: 72295728, type: 11, typeName: "api.HttpRule" }],
      },
    ],
    extension: [{ name: "http", number: 72295728, extendee: "MethodOptions", typeName: "x.Y" }],
  });
  const answer = servingFiles({ ...set, file: [merged] }, ["shop.v1.Shop"]);
  const { schema, warnings } = await load((kind, name) =>
    kind === "fileContainingSymbol" ? filesResponse([merged, protobuf]) : answer(kind, name),
  );
  const order = schema.registry.getMessage("shop.v1.Order") ?? assert.fail();
  assert.deepEqual(
    order.fields.map(({ jsonName, message }) => [jsonName, message?.typeName]),
    [
      ["placed", "google.protobuf.Timestamp"],
      ["mainLine", "shop.v1.Order.Line"],
    ],
  );
  assert.match(warnings.join(), /shop\.v1\.Shop: .*no google\.api\.http annotations/);
});

function fileImportingNext(name: string): FileDescriptorProto {
  return create(FileDescriptorProtoSchema, { name, dependency: [`${Number(name) + 1 || 1}`] });
}

const padding = create(FileDescriptorProtoSchema, { name: "x".repeat(24 * 1024 * 1024) });

const failures: Readonly<Record<string, readonly [answer: Answer, message: RegExp]>> = {
  "an error for the list": [
    () => ({ messageResponse: { case: "errorResponse", value: { errorMessage: "no list" } } }),
    /INTERNAL: asked for the list of services, the server answered no list$/,
  ],
  "a status": [
    () => ({ code: Code.PERMISSION_DENIED, message: "not you", details: [] }),
    /^reflection: the server's descriptors cannot be loaded: PERMISSION_DENIED: not you$/,
  ],
  "an early end": [
    () => ({ code: Code.OK, message: "", details: [] }),
    /UNAVAILABLE: the server ended the reflection stream$/,
  ],
  "an answer to something else": [
    () => ({ messageResponse: { case: "allExtensionNumbersResponse", value: {} } }),
    /asked for the list of services, the server answered a message of kind unknown$/,
  ],
  "bytes that are no message": [
    () => Uint8Array.of(0x22, 0x7f, 0x01),
    /INTERNAL: the answer is no ServerReflectionResponse: /,
  ],
  "a file that is none": [
    (kind, name) =>
      kind === "listServices"
        ? servingFiles(set, listed)(kind, name)
        : {
            messageResponse: {
              case: "fileDescriptorResponse",
              value: { fileDescriptorProto: [Uint8Array.of(0xff)] },
            },
          },
    /INTERNAL: a file is no FileDescriptorProto: /,
  ],
  "imports without end": [
    (kind, name) =>
      kind === "listServices"
        ? servingFiles(set, listed)(kind, name)
        : filesResponse([fileImportingNext(name)]),
    /RESOURCE_EXHAUSTED: more than 20000 files$/,
  ],
  "files of any size": [
    (kind, name) =>
      kind === "listServices"
        ? servingFiles(set, listed)(kind, name)
        : filesResponse([fileImportingNext(name), padding]),
    /RESOURCE_EXHAUSTED: the server's descriptors are larger than 134217728 bytes$/,
  ],
};

for (const [what, [answer, message]] of Object.entries(failures)) {
  test(`${what} ends the loading with the reason`, async () => {
    await assert.rejects(loadSchema({ reflection: reflectionTransport(answer) }), (error) => {
      assert.ok(error instanceof SchemaError);
      assert.match(error.message, message);
      assert.equal(error.problems[0]?.option, "reflection");
      return true;
    });
  });
}

test("a server without reflection is told from one that fails", async () => {
  const reflection = reflectionTransport(() => ({}), []);
  await assert.rejects(
    loadSchema({ reflection }),
    /UNIMPLEMENTED: unknown service; the server offers no reflection: add it there, or pass proto or descriptorSet$/,
  );
});

test("json names that a server leaves out are filled in", async () => {
  const bare = clone(FileDescriptorProtoSchema, plain.file[0] ?? assert.fail());
  for (const field of bare.messageType[0]?.field ?? []) field.jsonName = "";
  const { schema } = await load(servingFiles({ ...plain, file: [bare] }, ["plain.P"]));
  const message = schema.registry.getMessage("plain.M");
  assert.deepEqual(
    message?.fields.map(({ jsonName }) => jsonName),
    ["someField"],
  );
});

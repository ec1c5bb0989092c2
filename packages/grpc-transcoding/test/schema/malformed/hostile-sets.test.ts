import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { create, toBinary } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import {
  DescriptorProtoSchema,
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
  type FileDescriptorSet,
  FileDescriptorSetSchema,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
} from "@bufbuild/protobuf/wkt";
import { loadSchema, SchemaError } from "grpc-transcoding";
import { compileProtos, testFile } from "../in-memory-protos.ts";
import { reflectionTransport } from "../reflection/reflection-server.ts";

const http = 72_295_728;

/** Item is message 0 of the first file and has one field, Kind is message 1 with a map. */
function someSet(): FileDescriptorSet {
  const set = compileProtos({
    "a.proto": testFile(`
      message Kind { map<string, Item> items = 1; Color color = 2; oneof o { int32 x = 3; } }
      enum Color { NONE = 0; }
      service S { rpc Get(Item) returns (Kind) { option (google.api.http).get = "/{name}"; } }`),
  });
  return { ...set, file: set.file.toSorted((a) => (a.name === "a.proto" ? -1 : 1)) };
}

async function problemsOf(set: FileDescriptorSet | Uint8Array): Promise<string> {
  const bytes = set instanceof Uint8Array ? set : toBinary(FileDescriptorSetSchema, set);
  const error = await loadSchema({ descriptorSet: bytes }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof SchemaError, `${(error as Error | undefined)?.stack}`);
  return error.message;
}

const item = (file: FileDescriptorProto) => {
  const [name] = file.messageType[0]?.field ?? [];
  assert.ok(name);
  return name;
};
const kind = (file: FileDescriptorProto) => {
  const message = file.messageType[1];
  const [items, color, x] = message?.field ?? [];
  const [entry] = message?.nestedType ?? [];
  const [key, value] = entry?.field ?? [];
  assert.ok(message && items && color && x && entry && key && value);
  return { message, items, color, x, entry, key, value };
};
const rpc = (file: FileDescriptorProto) => {
  const [method] = file.service[0]?.method ?? [];
  assert.ok(method);
  return method;
};

const changes: Record<string, [change: (file: FileDescriptorProto) => void, told: RegExp]> = {
  "a field with the number 0": [
    (file) => {
      item(file).number = 0;
    },
    /a\.proto: test\.v1\.Item\.name: its number is 0; make the descriptors again/,
  ],
  "a field with the number 2^29": [
    (file) => {
      item(file).number = 2 ** 29;
    },
    /test\.v1\.Item\.name: its number is above 536870911/,
  ],
  "two fields with one number": [
    (file) => {
      kind(file).x.number = 1;
    },
    /test\.v1\.Kind\.x: the number 1 is taken/,
  ],
  "two fields with one name": [
    (file) => {
      kind(file).x.name = "color";
    },
    /test\.v1\.Kind\.color: the name is taken/,
  ],
  "a field without a type": [
    // The prototype has the default of proto2.
    (file) => void Reflect.deleteProperty(item(file), "type"),
    /test\.v1\.Item\.name: it has no type/,
  ],
  "a oneof index that no oneof has": [
    (file) => {
      kind(file).x.oneofIndex = 7;
    },
    /test\.v1\.Kind\.x: there is no oneof with the index 7/,
  ],
  "an enum without values": [
    (file) => void file.enumType[0]?.value.splice(0),
    /test\.v1\.Color: the enum has no value/,
  ],
  "a map with messages as keys": [
    (file) => {
      kind(file).key.type = Type.MESSAGE;
      kind(file).key.typeName = ".test.v1.Item";
    },
    /test\.v1\.Kind\.ItemsEntry: an entry of a map has two fields/,
  ],
  "a map with lists as values": [
    (file) => {
      kind(file).value.label = Label.REPEATED;
    },
    /test\.v1\.Kind\.ItemsEntry: an entry of a map has two fields/,
  ],
  "a map entry where one message must be": [
    (file) => {
      kind(file).items.label = Label.OPTIONAL;
    },
    /a\.proto: test\.v1\.Kind\.items: refers to \.test\.v1\.Kind\.ItemsEntry, which is of the kind map entry/,
  ],
  "an enum where a message must be": [
    (file) => {
      rpc(file).inputType = ".test.v1.Color";
    },
    /a\.proto: test\.v1\.S\.Get: refers to \.test\.v1\.Color, which is of the kind enum/,
  ],
  "a message where an enum must be": [
    (file) => {
      kind(file).color.typeName = ".test.v1.Item";
    },
    /test\.v1\.Kind\.color: refers to \.test\.v1\.Item, which is of the kind message/,
  ],
  "a type of a file that is not imported": [
    (file) => {
      rpc(file).inputType = ".google.api.HttpRule";
      file.dependency = [];
      file.name = "0.proto";
    },
    /0\.proto: test\.v1\.S\.Get: refers to \.google\.api\.HttpRule, but its file does not import google\/api\/http\.proto/,
  ],
  "a method without an answer": [
    (file) => {
      rpc(file).outputType = "";
    },
    /test\.v1\.S\.Get: refers to no type/,
  ],
  "a default that is none of its enum": [
    (file) => {
      file.syntax = "proto2";
      kind(file).color.defaultValue = "BLUE";
    },
    /cannot parse enum test\.v1\.Color default value: BLUE/,
  ],
  "a package that is no name": [
    (file) => {
      file.package = "a..b";
    },
    /a\.proto: the package "a\.\.b" is no name/,
  ],
  "a package of a million names": [
    (file) => {
      file.package = "a.".repeat(1_000_000);
    },
    /a\.proto: the name that starts with "a\.a\..*" has more than 511 characters/,
  ],
  "a name of a million characters": [
    (file) => {
      kind(file).message.name = "x".repeat(1_000_000);
    },
    /the name that starts with "x+" has more than 511 characters/,
  ],
  "a file without a name": [
    (file) => {
      file.name = "";
    },
    /no files with names/,
  ],
  "a file whose name has a million characters": [
    (file) => {
      file.name = "x".repeat(1_000_000);
    },
    /^a file of the descriptors has a name of 1000000 characters/,
  ],
  "a file that imports itself": [
    (file) => void file.dependency.push("a.proto"),
    /import cycle: a\.proto -> a\.proto/,
  ],
  "an unknown syntax": [
    (file) => {
      file.syntax = "proto9";
    },
    /a\.proto: unsupported syntax "proto9"/,
  ],
  "an unknown edition": [
    (file) => {
      file.syntax = "editions";
      file.edition = 99_999;
    },
    /a\.proto: unsupported edition/,
  ],
  "a rule of other bytes": [
    (file) => {
      const options = rpc(file).options;
      const data = Buffer.from([4, 0x12, 0xff, 0xff, 0xff]);
      if (options) options.$unknown = [{ no: http, wireType: WireType.LengthDelimited, data }];
    },
    /test\.v1\.S\.Get: \(google\.api\.http\): its bytes are no google\.api\.HttpRule: /,
  ],
  "declared errors of other bytes": [
    (file) => {
      const options = rpc(file).options;
      const data = Buffer.from([1, 0xff]);
      options?.$unknown?.push({ no: 51_234, wireType: WireType.LengthDelimited, data });
    },
    /test\.v1\.S\.Get: \(fastify\.grpc\.v1\.method\): its bytes are no fastify\.grpc\.v1\.MethodRule/,
  ],
};

for (const [name, [change, told]] of Object.entries(changes)) {
  test(`a set with ${name} is a SchemaError that says where`, async () => {
    const set = someSet();
    change(set.file[0] as FileDescriptorProto);
    assert.match(await problemsOf(set), told);
  });
}

test("an own copy of the error annotations that has other types is a SchemaError", async () => {
  const set = compileProtos({
    "fastify/grpc/v1/annotations.proto": `syntax = "proto3";
      package fastify.grpc.v1;
      import "google/protobuf/descriptor.proto";
      message MethodRule { repeated E errors = 1; }
      message E { int32 code = 1; bool reason = 2; string details = 5; }
      extend google.protobuf.MethodOptions { MethodRule method = 51234; }`,
    "a.proto": testFile(`service S { rpc Get(Item) returns (Item) {
      option (fastify.grpc.v1.method) = { errors: { code: 5, reason: true, details: "x" } }; } }`),
  });
  assert.match(
    await problemsOf(set),
    /test\.v1\.S\.Get: \(fastify\.grpc\.v1\.method\): .* otherwise/,
  );
});

test("messages nested without end are a SchemaError", async () => {
  let bytes: Uint8Array = new Uint8Array();
  for (let i = 0; i < 5_000; i++) {
    bytes = new BinaryWriter().tag(3, WireType.LengthDelimited).bytes(bytes).finish();
  }
  const file = new BinaryWriter().tag(4, WireType.LengthDelimited).bytes(bytes).finish();
  const set = new BinaryWriter().tag(1, WireType.LengthDelimited).bytes(file).finish();
  assert.match(await problemsOf(set), /is no descriptor set: .*recursion/);
  const inItself = create(DescriptorProtoSchema, { name: "A" });
  inItself.nestedType.push(inItself);
  const message = create(FileDescriptorSetSchema, { file: [{ name: "a.proto" }] });
  message.file[0]?.messageType.push(inItself);
  await assert.rejects(loadSchema({ descriptorSet: message }), SchemaError);
});

test("a server's endless package name is a SchemaError, also where types are named without dots", async () => {
  const set = someSet();
  const file = set.file[0] as FileDescriptorProto;
  file.package = "a.".repeat(100_000);
  rpc(file).inputType = "Nope";
  const fileDescriptorProto = [toBinary(FileDescriptorProtoSchema, file)];
  const reflection = reflectionTransport((asked) =>
    asked === "listServices"
      ? { messageResponse: { case: "listServicesResponse", value: { service: [{ name: "S" }] } } }
      : { messageResponse: { case: "fileDescriptorResponse", value: { fileDescriptorProto } } },
  );
  await assert.rejects(loadSchema({ reflection }), /more than 511 characters/);
});

test("files that all import each other are told of in few words", async () => {
  const names = Array.from({ length: 300 }, (_, i) => `${i}.proto`);
  const file = names.map((name) => ({ name, dependency: names }));
  const text = await problemsOf(create(FileDescriptorSetSchema, { file }));
  assert.match(text, /import cycle: 0\.proto -> 0\.proto\n/);
  assert.equal(text.split("\n").length, 20);
  assert.ok(text.length < 10_000);
});

test("a long ring of imports is told of in few words", async () => {
  const file = Array.from({ length: 500 }, (_, i) => ({
    name: `${i}.proto`,
    dependency: [`${(i + 1) % 500}.proto`],
  }));
  const text = await problemsOf(create(FileDescriptorSetSchema, { file }));
  assert.match(text, /^import cycle: 0\.proto -> .* -> 19\.proto -> 480 more -> 0\.proto$/);
});

test("few gzipped bytes that would become gigabytes are a SchemaError", async () => {
  const part = gzipSync(Buffer.alloc(64 * 1024 * 1024));
  const bomb = Buffer.concat(Array(5).fill(part));
  assert.match(await problemsOf(bomb), /is no descriptor set: Cannot create a Buffer larger than/);
});

test("the error that protobuf-es threw is the cause", async () => {
  const set = someSet();
  (set.file[0] as FileDescriptorProto).syntax = "proto9";
  await assert.rejects(loadSchema({ descriptorSet: set }), (error: Error) => {
    assert.match(String(error.cause), /unsupported syntax/);
    return true;
  });
});

test("what a function for warnings throws stays as it is", async () => {
  const set = someSet();
  set.file.push({ ...(set.file[0] as FileDescriptorProto), package: "other" });
  const thrown = new TypeError("of the app");
  const onWarning = () => {
    throw thrown;
  };
  await assert.rejects(
    loadSchema({ descriptorSet: set }, { onWarning }),
    (error) => error === thrown,
  );
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { fromBinary, toJson } from "@bufbuild/protobuf";
import { createJsonCodec, createSchema, type FieldPath } from "grpc-transcoding";
import { compileSourcedRequest } from "grpc-transcoding/internal";
import { compileProtos, testFile } from "../schema/in-memory-protos.ts";

const schema = createSchema(
  compileProtos({
    "test/v1/items.proto": testFile(`
      message From { int64 after = 1; string token = 2; string page = 3; }
      message Ask { string group = 1; From from = 2; string key = 3; }
      service Items {
        rpc Watch(Ask) returns (stream Item) {
          option (google.api.http) = { post: "/v1/{group=groups/*}:watch" body: "*" };
          option (fastify.grpc.v1.method) = { stream { last_event_id: "from.after" } };
        }
        rpc Follow(Ask) returns (stream Item) {
          option (google.api.http) = { get: "/v1/{group=groups/*}:follow" };
          option (fastify.grpc.v1.method) = { stream { last_event_id: "key" } };
        }
      }`),
  }),
);
const codec = createJsonCodec(schema.registry, {
  naming: "json",
  emit: "set",
  enums: "name",
  unknownFields: "reject",
});

/** What a request becomes that comes with a Last-Event-ID. */
function ask(index: number, query: string, body: string, header: string | undefined): unknown {
  const method = schema.services[0]?.methods[index];
  const binding = method?.bindings[0];
  if (method === undefined || binding === undefined) throw new Error("no binding");
  const field = method.events.lastEventId as FieldPath;
  const decode = compileSourcedRequest(binding, [{ field, label: "Last-Event-ID" }], { codec });
  const message = decode([header], ["groups/a"], query, Buffer.from(body));
  return toJson(method.input, fromBinary(method.input, message));
}

test("the last event's id takes the place of what a query or body says, and leaves all else", () => {
  assert.deepEqual(ask(1, "key=first", "", "second & more"), {
    group: "groups/a",
    key: "second & more",
  });
  const body = `{"from":{"after":"1","token":"t"}}`;
  assert.deepEqual(ask(0, "", body, "9007199254740993"), {
    group: "groups/a",
    from: { after: "9007199254740993", token: "t" },
  });
});

test("an id in UTF-8 is read as the client sent it, whose bytes Node shows one by one", () => {
  const header = Buffer.from("ünï 🎉").toString("latin1");
  assert.deepEqual(ask(1, "", "", header), { group: "groups/a", key: "ünï 🎉" });
  assert.throws(() => ask(1, "", "", "\xff"), /Last-Event-ID: is not UTF-8/);
});

test("an id that is the field's default takes the place of another one as well", () => {
  assert.deepEqual(ask(0, "", `{"from":{"after":"7","token":"t"}}`, "0"), {
    group: "groups/a",
    from: { token: "t" },
  });
});

test("without one the request says what the field is", () => {
  assert.deepEqual(ask(1, "key=first", "", undefined), { group: "groups/a", key: "first" });
});

test("an id that its field cannot have is a 400 that names the header", () => {
  assert.throws(() => ask(0, "", "{}", "abc"), { message: /^Last-Event-ID: .*abc/ });
});

test("any set of many headers is decoded, over and over", () => {
  const many = createSchema(
    compileProtos({
      "test/v1/many.proto": testFile(`
        message Many { string a = 1; string b = 2; string c = 3; string d = 4; string e = 5; string f = 6; }
        service Things { rpc Get(Many) returns (Many) { option (google.api.http) = { get: "/v1/get" }; } }`),
    }),
  );
  const method = many.services[0]?.methods[0];
  const binding = method?.bindings[0];
  if (method === undefined || binding === undefined) throw new Error("no binding");
  const sources = method.input.fields.map((field) => ({
    field: { path: field.name, fields: [field] as const },
    label: field.name,
  }));
  const decode = compileSourcedRequest(binding, sources, {
    codec: createJsonCodec(many.registry, {
      naming: "json",
      emit: "set",
      enums: "name",
      unknownFields: "reject",
    }),
  });
  for (let round = 0; round < 2; round++) {
    for (let set = 0; set < 64; set++) {
      const values = sources.map((_, i) => ((set >> i) & 1 ? `v${i}` : undefined));
      const message = decode(values, [], "", Buffer.alloc(0));
      const sent = sources.flatMap(({ label }, i) => (values[i] ? [[label, values[i]]] : []));
      assert.deepEqual(
        toJson(method.input, fromBinary(method.input, message)),
        Object.fromEntries(sent),
      );
    }
  }
});

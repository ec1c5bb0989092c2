import assert from "node:assert/strict";
import { test } from "node:test";
import { create, type DescMessage, fromJson, toBinary } from "@bufbuild/protobuf";
import { createJsonCodec, createSchema, type HttpBinding } from "grpc-transcoding";
import {
  compileMaskedResponse,
  compileReadMask,
  parseResponseMask,
} from "grpc-transcoding/internal";
import { compileProtos, testFile } from "../schema/in-memory-protos.ts";

const schema = createSchema(
  compileProtos({
    "test/v1/items.proto": testFile(`
      import "google/protobuf/timestamp.proto"; import "google/protobuf/field_mask.proto";
      message Author { string full_name = 1; int32 born = 2; Author mentor = 3; }
      message Book {
        string name = 1; string title = 2; Author author = 3; repeated Author editors = 4;
        map<string, Author> roles = 5; google.protobuf.Timestamp published = 6; int64 pages = 7;
        oneof cover { string color = 8; Author painter = 9; }
      }
      message Books { repeated Book books = 1; string next_page_token = 2; }
      message Ask { string name = 1; google.protobuf.FieldMask read_mask = 2; }
      service Items {
        rpc Get(Ask) returns (Book) { option (google.api.http) = { get: "/v1/{name=books/*}" }; }
        rpc List(Ask) returns (Books) { option (google.api.http) = { get: "/v1/books" }; }
        rpc Body(Ask) returns (Books) {
          option (google.api.http) = { get: "/v1/body" response_body: "books" };
        }
      }`),
  }),
);
const codec = createJsonCodec(schema.registry, {
  naming: "json",
  emit: "implicit",
  enums: "name",
  unknownFields: "reject",
});
const [get, list, body] = (schema.services[0]?.methods ?? []).map(({ bindings }) => bindings[0]);
const author = { fullName: "a", born: 1, mentor: { fullName: "m", born: 2 } };
const book = {
  name: "books/1",
  title: "t",
  author,
  editors: [author, { fullName: "e" }],
  roles: { x: author },
  published: { seconds: 1n },
  pages: 3n,
  cover: { case: "color", value: "red" },
};

function shown(binding: HttpBinding | undefined, mask: string, value: object): unknown {
  if (binding === undefined) throw new Error("no binding");
  const { method, responseBody } = binding;
  const bytes = toBinary(method.output, create(method.output, value as never));
  const root = (responseBody?.message ?? method.output) as DescMessage;
  const wanted = parseResponseMask(mask, root);
  const { encodeResponse } = compileMaskedResponse(binding, codec, wanted);
  return JSON.parse(encodeResponse(bytes).toString());
}

for (const [mask, expected] of [
  ["name", { name: "books/1" }],
  ["title,name", { name: "books/1", title: "t" }],
  ["author.full_name", { author: { fullName: "a" } }],
  ["author/fullName", { author: { fullName: "a" } }],
  ["author(born,mentor.born)", { author: { born: 1, mentor: { born: 2 } } }],
  ["author.mentor.born, author.born", { author: { born: 1, mentor: { born: 2 } } }],
  ["author.mentor.born,author", { author }],
  ["author,author.born", { author }],
  ["author.*", { author }],
  ["editors.fullName", { editors: [{ fullName: "a" }, { fullName: "e" }] }],
  ["editors.*.fullName", { editors: [{ fullName: "a" }, { fullName: "e" }] }],
  ["editors(*)", { editors: [author, { fullName: "e", born: 0 }] }],
  ["roles.fullName", { roles: { x: { fullName: "a" } } }],
  ["published,pages", { published: "1970-01-01T00:00:01Z", pages: "3" }],
  ["color", { color: "red" }],
  ["painter", {}],
] as const) {
  test(`a response with the mask ${mask} has these fields alone`, () => {
    assert.deepEqual(shown(get, mask, book), expected);
  });
}

test("a mask of all is the whole response", () => {
  const whole = shown(get, "*", book);
  assert.deepEqual(shown(get, "name,*", book), whole);
  assert.equal(Object.keys(Object(whole)).length, 8);
});

test("a mask on the body of a response is of its items", () => {
  assert.deepEqual(shown(body, "title", { books: [book, { title: "u" }] }), [
    { title: "t" },
    { title: "u" },
  ]);
});

for (const [mask, told] of [
  ["nam", '"nam" is no field'],
  ["author.nam", '"author.nam" is no field'],
  ["name.x", '"name.x" is no field'],
  ["published.seconds", '"published.seconds" is no field'],
  ["author(born", "expected at the end"],
  ["author(", "expected at the end"],
  ["name)", 'expected at ")"'],
  ["", "expected at the end"],
  ["name,,title", "expected at"],
  ["__proto__", "no field"],
  [`name${",name".repeat(1000)}`, "longer than 4096"],
  [`author${".mentor".repeat(40)}`, "levels deep"],
  [`author${"(mentor".repeat(40)}`, "levels deep"],
] as const) {
  test(`the mask ${mask.slice(0, 20)} is a 400 that tells why`, () => {
    assert.throws(
      () => shown(get, mask, book),
      (error: Error & { code: number }) => error.code === 3 && error.message.includes(told),
    );
  });
}

test("a read_mask is filled with the paths of the resource, unless the client has sent one", () => {
  const filled = (binding: HttpBinding | undefined, mask: string, request: object): unknown => {
    if (binding === undefined) throw new Error("no binding");
    const { input, output } = binding.method;
    const fill = compileReadMask(binding);
    const sent = Buffer.from(toBinary(input, create(input, request as never)));
    const root = (binding.responseBody?.message ?? output) as DescMessage;
    const bytes = fill?.(sent, parseResponseMask(mask, root));
    return JSON.parse(
      codec
        .toJson(input)(bytes ?? sent)
        .toString(),
    ).readMask;
  };
  assert.equal(filled(get, "author.full_name,title", {}), "author.fullName,title");
  assert.equal(filled(get, "editors.born,roles.born", {}), "editors,roles");
  assert.equal(filled(list, "books(title,author.born),nextPageToken", {}), "title,author.born");
  assert.equal(filled(list, "nextPageToken", {}), undefined);
  assert.equal(filled(list, "books", {}), undefined);
  assert.equal(filled(body, "title", {}), "title");
  assert.equal(filled(get, "*", {}), undefined);
  assert.equal(filled(get, "title", { readMask: { paths: ["name"] } }), "name");
});

/** A plain reading of a mask of dotted JSON names. */
function filtered(value: unknown, paths: readonly (readonly string[])[], isMap: boolean): unknown {
  if (paths.some((path) => path.length === 0)) return value;
  if (Array.isArray(value)) return value.map((item) => filtered(item, paths, false));
  if (isMap) {
    const entries = Object.entries(Object(value));
    return Object.fromEntries(entries.map(([key, item]) => [key, filtered(item, paths, false)]));
  }
  const kept: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(Object(value))) {
    const below = paths.flatMap(([first, ...rest]) => (first === key ? [rest] : []));
    if (below.length > 0) kept[key] = item === null ? null : filtered(item, below, key === "map");
  }
  return kept;
}

const mixed = createSchema(
  compileProtos({
    "test/v1/mixed.proto": `syntax = "proto2"; package test.v1;
      import "google/protobuf/any.proto"; import "google/protobuf/struct.proto"; import "google/protobuf/wrappers.proto";
      import "google/api/annotations.proto";
      enum Kind { KIND_NONE = 0; KIND_ONE = 1; }
      message Mixed {
        extensions 100 to 200;
        optional int64 number = 1;
        optional group Pair = 2 { optional string left = 1; optional Mixed right = 2; }
        repeated group Row = 3 { optional string cell = 1; }
        map<string, Mixed> map = 4;
        oneof choice { string text = 5; Mixed inner = 6; }
        optional google.protobuf.Any any = 7;
        optional google.protobuf.Struct struct = 8;
        optional google.protobuf.StringValue wrapped = 9;
        repeated Mixed list = 10;
        optional Kind kind = 11;
        repeated int32 packed = 12 [packed = true];
        optional bytes raw = 13;
      }
      extend Mixed { optional string more = 100; }
      service Things { rpc Get(Mixed) returns (Mixed) { option (google.api.http) = { get: "/v1/get" }; } }`,
  }),
);

const deep = {
  number: "5",
  pair: { left: "l", right: { number: "6", text: "in", "[test.v1.more]": "e" } },
  row: [{ cell: "a" }, {}],
  map: { x: { number: "7" }, "y.z": { list: [{ text: "q" }] } },
  text: "t",
  any: { "@type": "type.googleapis.com/test.v1.Mixed", number: "8" },
  struct: { a: { b: [1, null, "c"] } },
  wrapped: "w",
  list: [{ inner: { number: "9", kind: "KIND_ONE" } }, {}],
  kind: "KIND_ONE",
  packed: [1, 2, 3],
  raw: "AAEC",
  "[test.v1.more]": "extended",
};

for (const emit of ["set", "implicit", "all"] as const) {
  test(`a masked response is the whole one without the rest: ${emit}`, () => {
    const printed = createJsonCodec(mixed.registry, {
      naming: "json",
      emit,
      enums: "name",
      unknownFields: "reject",
    });
    const binding = mixed.services[0]?.methods[0]?.bindings[0];
    if (binding === undefined) throw new Error("no binding");
    const { output } = binding.method;
    const message = toBinary(output, fromJson(output, deep, { registry: mixed.registry }));
    // Fields that no proto has, before and behind: of each wire type.
    const strange = Buffer.from([0x98, 0x3f, 1, 0x9a, 0x3f, 1, 7, 0x9b, 0x3f, 0x08, 1, 0x9c, 0x3f]);
    const bytes = Buffer.concat([strange, message, strange]);
    const whole = JSON.parse(printed.toJson(output)(bytes).toString());
    const names = output.fields.map(({ jsonName }) => jsonName);
    const masks = [
      ...names,
      ...names.map((name) => `list.${name}`),
      ...names.map((name) => `pair.right.${name}`),
      ...names.map((name) => `map.${name},text`),
      ...names.map((name) => `list.inner.${name},any,row.cell`),
      "list.list.list.number,inner.inner.any",
    ];
    for (const mask of masks) {
      const wanted = parseResponseMask(mask, output);
      const { encodeResponse } = compileMaskedResponse(binding, printed, wanted);
      const paths = mask.split(",").map((path) => path.split("."));
      assert.deepEqual(
        JSON.parse(encodeResponse(bytes).toString()),
        filtered(whole, paths, false),
        mask,
      );
    }
  });
}

test("a field of a message with a read_mask that the gateway needs itself is asked for", () => {
  if (get === undefined) throw new Error("no binding");
  const { input, output } = get.method;
  const [name, , writer] = output.fields;
  const [fullName] = writer?.message?.fields ?? [];
  if (!name || !writer || !fullName) throw new Error("no fields");
  const fill = compileReadMask(get, [
    { path: "name", fields: [name] },
    { path: "author.full_name", fields: [writer, fullName] },
  ]);
  const filled = (mask: string) =>
    JSON.parse(
      codec
        .toJson(input)(fill?.(Buffer.alloc(0), parseResponseMask(mask, output)) ?? Buffer.alloc(0))
        .toString(),
    ).readMask;
  assert.equal(filled("title"), "title,name,author.fullName");
  assert.equal(filled("author,name"), "author,name");
  assert.equal(filled("*"), undefined);
});

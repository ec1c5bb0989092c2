import assert from "node:assert/strict";
import { test } from "node:test";
import { fromBinary, type JsonValue, toJson } from "@bufbuild/protobuf";
import { compileRouteTable } from "../../src/http/route-table.ts";
import { createJsonCodec } from "../../src/json/create-json-codec.ts";
import { StatusError } from "../../src/status/status-error.ts";
import { compileTranscoder } from "../../src/transcoder.ts";
import { bindingOf, library } from "../protos/methods.ts";

const codec = createJsonCodec(library, {
  naming: "json",
  emit: "set",
  enums: "name",
  unknownFields: "ignore",
});

/** The request message under the options of the grpc-gateway preset; undefined for 400. */
function decode(
  rpc: string,
  rule: unknown,
  url: string,
  body = "",
  contentType = "",
): JsonValue | undefined {
  const binding = bindingOf(rpc, rule, { repeatedPathVariables: "csv" });
  const found = compileRouteTable([binding]).match(binding.httpMethod, url);
  assert.equal(found?.status, 200, url);
  const transcoder = compileTranscoder(binding, {
    codec,
    unknownQuery: "ignore",
    textDialect: "go",
    formBodies: true,
    httpBodyRequests: "json",
    trailingBody: "ignore",
  });
  const [, query = ""] = url.split("?");
  const { input } = binding.method;
  try {
    const bytes = transcoder.decodeRequest(found.captures, query, Buffer.from(body), contentType);
    return toJson(input, fromBinary(input, bytes), { registry: library });
  } catch (error) {
    if (error instanceof StatusError && error.codeName === "INVALID_ARGUMENT") return undefined;
    throw error;
  }
}

// Query of a GetKinds request, and the message as grpc-gateway v2 makes it.
const queries: readonly [behaviour: string, query: string, expected: JsonValue | undefined][] = [
  ["ignores unknown parameters", "nope=1&nope.a=1&f_string=x", { fString: "x" }],
  ["sets the message of an unknown parameter", "f_nested.nope=1", { fNested: {} }],
  ["refuses semicolons", "f_string=a;b", undefined],
  ["refuses base64 without padding", "f_bytes=_-8", undefined],
  ["refuses a step into a scalar", "f_string.x=1", undefined],
  ["takes Go's bools", "f_bool=T", { fBool: true }],
  ["takes integers of base 10 with zeros in front", "f_int32=010", { fInt32: 10 }],
  ["refuses hexadecimal integers", "f_int32=0x10", undefined],
  ["takes Go's floats", "f_double=1_0&f_float=inf", { fDouble: 10, fFloat: "Infinity" }],
  ["refuses two values for one field", "f_string=a&f_string=b", undefined],
  ["takes padded base64 of either alphabet", "f_bytes=_-8%3D", { fBytes: "/+8=" }],
  ["takes enum numbers that exist", "f_genre=7", { fGenre: "ATLAS" }],
  ["refuses enum numbers that do not", "f_genre=8", undefined],
  ["repeats without splitting at commas", "f_list=1&f_list=2", { fList: [1, 2] }],
  ["does not split at commas", "f_list=1,2", undefined],
  ["takes map entries", "f_map[k]=v&f_map[]=w", { fMap: { k: "v", "": "w" } }],
  ["refuses a map key twice", "f_map[k]=v&f_map[k]=w", undefined],
  ["refuses a map without key", "f_map=v", undefined],
  ["takes timestamps", "f_timestamp=2024-01-01T00:00:00Z", { fTimestamp: "2024-01-01T00:00:00Z" }],
  ["refuses dates", "f_timestamp=2024-01-01", undefined],
  ["takes Go's durations", "f_duration=1m30s", { fDuration: "90s" }],
  ["takes wrappers", "f_int64_value=5&f_string_value=", { fInt64Value: "5", fStringValue: "" }],
  ["takes field masks in proto names", "f_mask=a_b,c", { fMask: "aB,c" }],
  ["takes a Struct as JSON", "f_struct=%7B%22a%22:1%7D", { fStruct: { a: 1 } }],
  ["takes a Value as JSON", "f_value=[1]", { fValue: [1] }],
  ["refuses a Struct that is no JSON", "f_struct=x", undefined],
  ["refuses a second member of a oneof", "first=a&second=1", undefined],
  [
    "takes the fields of a Timestamp",
    "f_timestamp.seconds=5&f_timestamp.nanos=70",
    { fTimestamp: "1970-01-01T00:00:05.000000070Z" },
  ],
  [
    "takes a Timestamp before 1970",
    "f_timestamp.seconds=-1",
    { fTimestamp: "1969-12-31T23:59:59Z" },
  ],
  ["refuses times beyond year 9999", "f_timestamp.seconds=253402300800", undefined],
  ["refuses times beyond all dates", "f_timestamp.seconds=9223372036854775807", undefined],
  ["refuses nanos beyond a second", "f_timestamp.nanos=1000000000", undefined],
  ["refuses nanos below zero", "f_timestamp.nanos=-1", undefined],
  ["refuses seconds twice", "f_timestamp.seconds=1&f_timestamp.seconds=2", undefined],
  ["refuses parts of a text", "f_timestamp=2024-01-01T00:00:00Z&f_timestamp.nanos=1", undefined],
  [
    "refuses a text behind parts",
    "f_timestamp.nanos=1&f_timestamp=2024-01-01T00:00:00Z",
    undefined,
  ],
  [
    "sets a Timestamp of an unknown field",
    "f_timestamp.nope=1",
    { fTimestamp: "1970-01-01T00:00:00Z" },
  ],
  [
    "takes the fields of a Duration",
    "f_nested.f_duration.seconds=-1&f_nested.f_duration.nanos=-500000000",
    { fNested: { fDuration: "-1.500s" } },
  ],
  ["refuses a Duration of two signs", "f_duration.seconds=1&f_duration.nanos=-5", undefined],
  ["takes the field of a wrapper", "f_int64_value.value=5", { fInt64Value: "5" }],
  ["sets a wrapper of an unknown field", "f_string_value.nope=5", { fStringValue: "" }],
  ["refuses the field of a wrapper twice", "f_int64_value=5&f_int64_value.value=5", undefined],
  ["takes the paths of a FieldMask", "f_mask.paths=a_b&f_mask.paths=c", { fMask: "aB,c" }],
  ["refuses the fields of a Struct", "f_struct.fields=x", undefined],
];

test("binds queries as grpc-gateway does", async (t) => {
  for (const [behaviour, query, expected] of queries) {
    await t.test(`${behaviour}: ${query}`, () => {
      assert.deepEqual(decode("GetKinds", { get: "/v1" }, `/v1?${query}`), expected);
    });
  }
});

test("binds paths as grpc-gateway does: base 0 at the top, base 10 inside", () => {
  const path = (field: string, text: string) =>
    decode("GetKinds", { get: `/v1/{${field}}` }, `/v1/${text}`);
  assert.deepEqual(path("f_int32", "010"), { fInt32: 8 });
  assert.deepEqual(path("f_int64", "0x10"), { fInt64: "16" });
  assert.deepEqual(path("f_nested.f_int32", "010"), { fNested: { fInt32: 10 } });
  assert.deepEqual(path("f_genre", "0x1"), { fGenre: "NOVEL" });
  assert.deepEqual(path("f_duration", "1m30s"), undefined);
  assert.deepEqual(path("f_nested.f_duration", "1m30s"), { fNested: { fDuration: "90s" } });
});

const create = { post: "/v1/{parent=shelves/*}/books", body: "book" };
const createAll = { post: "/v1/{parent=shelves/*}/books", body: "*" };

test("drops parameters of what path and body fill", () => {
  const plain = { parent: "shelves/s" };
  assert.deepEqual(
    decode("CreateBook", create, "/v1/shelves/s/books?parent=x&book.title=y"),
    plain,
  );
  assert.deepEqual(decode("CreateBook", create, "/v1/shelves/s/books?book_id=x&%zz"), undefined);
  assert.deepEqual(decode("CreateBook", createAll, "/v1/shelves/s/books?book_id=x;&%zz"), plain);
});

test("takes the first JSON value of a body and ignores what follows", () => {
  const url = "/v1/shelves/s/books";
  const book = { parent: "shelves/s", book: { title: "T" } };
  for (const rest of ["", "\n", "{}", "garbage", "\ufffd"]) {
    assert.deepEqual(decode("CreateBook", create, url, `{"title":"T"}${rest}`), book);
    assert.deepEqual(decode("CreateBook", createAll, url, `{"book":{"title":"T"}}${rest}`), book);
  }
  assert.deepEqual(decode("CreateBook", create, url, " \n"), { parent: "shelves/s" });
  assert.deepEqual(decode("CreateBook", create, url, '{"title":"T"'), undefined);
});

test("splits repeated path variables at commas", () => {
  const path = (field: string, text: string) =>
    decode("GetKinds", { get: `/v1/{${field}}` }, `/v1/${text}`);
  assert.deepEqual(path("f_list", "1,0x10,-3"), { fList: [1, 16, -3] });
  assert.deepEqual(path("f_nested.f_list", "1"), { fNested: { fList: [1] } });
  assert.deepEqual(path("f_list", "1,"), undefined);
});

test("discards unknown fields of bodies and takes none as the empty message", () => {
  const url = "/v1/shelves/s/books";
  assert.deepEqual(decode("CreateBook", create, url, '{"title":"T","nope":1}'), {
    parent: "shelves/s",
    book: { title: "T" },
  });
  assert.deepEqual(decode("CreateBook", createAll, url), { parent: "shelves/s" });
});

test("joins a form with the query, the form first", () => {
  const rule = { post: "/v1/{f_string}" };
  const form = "application/x-www-form-urlencoded";
  assert.deepEqual(decode("GetKinds", rule, "/v1/x?f_list=2", "f_list=1&f_bool=t", form), {
    fString: "x",
    fBool: true,
    fList: [1, 2],
  });
});

test("takes an HttpBody request as JSON", () => {
  const rule = { post: "/v1/upload", body: "*" };
  const body = '{"contentType":"a/b","data":"AQ=="}';
  assert.deepEqual(decode("Upload", rule, "/v1/upload", body, "application/json"), {
    contentType: "a/b",
    data: "AQ==",
  });
});

test("infers the mask of a PATCH, but none for {}, and refuses unknown fields there", () => {
  const rule = { patch: "/v1/{book.name=books/*}", body: "book" };
  const patch = (body: string) => decode("UpdateBook", rule, "/v1/books/1", body);
  const book = { name: "books/1" };
  assert.deepEqual(patch('{"title":"T","author":{}}'), {
    book: { ...book, title: "T", author: {} },
    updateMask: "author,title",
  });
  assert.deepEqual(patch("{}"), { book });
  assert.deepEqual(patch(""), { book });
  assert.deepEqual(patch('{"nope":1}'), undefined);
});

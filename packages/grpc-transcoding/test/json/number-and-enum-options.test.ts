import assert from "node:assert/strict";
import { test } from "node:test";
import { create, fromBinary, toBinary, toJson } from "@bufbuild/protobuf";
import {
  compileTranscoder,
  createJsonCodec,
  createSchema,
  type HttpBinding,
  type JsonOptions,
} from "grpc-transcoding";
import { compileProtos, testFile } from "../schema/in-memory-protos.ts";

const schema = createSchema(
  compileProtos({
    "test/v1/items.proto": testFile(`
      enum BookKind { BOOK_KIND_UNSPECIFIED = 0; BOOK_KIND_NOVEL = 1; BOOK_KIND_NOVEL_TOO = 2; }
      enum Other { NONE = 0; OTHER_SOME = 1; }
      message Book {
        int64 i = 1 [(fastify.grpc.v1.field).number = true];
        repeated uint64 u = 2 [(fastify.grpc.v1.field).number = true];
        map<string, sfixed64> m = 3 [(fastify.grpc.v1.field).number = true];
        optional int64 o = 4 [(fastify.grpc.v1.field).number = true];
        int64 plain = 5;
        BookKind kind = 6;
        repeated BookKind kinds = 7;
        Other other = 8;
      }
      service Items { rpc Get(Book) returns (Book) { option (google.api.http) = { get: "/v1/{kind}" }; } }`),
  }),
);
const binding = schema.services[0]?.methods[0]?.bindings[0] as HttpBinding;
const { input } = binding.method;

function codecOf(options: Partial<JsonOptions> = {}) {
  return createJsonCodec(schema.registry, {
    naming: "json",
    emit: "set",
    enums: "name",
    unknownFields: "reject",
    ...options,
  });
}

function printed(message: object, options: Partial<JsonOptions> = {}): string {
  return codecOf(options)
    .toJson(input)(toBinary(input, create(input, message as never)))
    .toString();
}

test("64-bit fields that say so are numbers up to 2^53 - 1, and strings beyond", () => {
  const most = 2n ** 53n - 1n;
  for (const [value, text] of [
    [1n, "1"],
    [-1n, "-1"],
    [most, "9007199254740991"],
    [-most, "-9007199254740991"],
    [most + 1n, '"9007199254740992"'],
    [-most - 1n, '"-9007199254740992"'],
    [2n ** 63n - 1n, '"9223372036854775807"'],
    [-(2n ** 63n), '"-9223372036854775808"'],
    [10n ** 15n, "1000000000000000"],
    [10n ** 16n, '"10000000000000000"'],
  ] as const) {
    assert.equal(printed({ i: value }), `{"i":${text}}`);
    assert.equal(printed({ m: { a: value } }), `{"m":{"a":${text}}}`);
  }
  assert.equal(printed({ u: [0n, 2n ** 64n - 1n] }), '{"u":[0,"18446744073709551615"]}');
  assert.equal(printed({ plain: 1n }), '{"plain":"1"}');
});

test("unset, they are printed as numbers too", () => {
  const { i, plain } = JSON.parse(printed({}, { emit: "implicit" }));
  assert.deepEqual([i, plain], [0, "0"]);
});

test("both forms are read", () => {
  const read = codecOf().textToWire(input);
  for (const text of ['{"i":5}', '{"i":"5"}']) {
    assert.deepEqual(toJson(input, fromBinary(input, read(Buffer.from(text)))), { i: "5" });
  }
});

test("enum names are short where all of an enum begin with its own name", () => {
  const options = { enumNames: "short", emit: "implicit" } as const;
  const { kind, kinds, other } = JSON.parse(printed({ kinds: [1, 2, 7], other: 1 }, options));
  assert.equal(kind, "UNSPECIFIED");
  assert.deepEqual(kinds, ["NOVEL", "NOVEL_TOO", 7]);
  assert.equal(other, "OTHER_SOME");
});

test("short names are read beside the full ones, in bodies, queries and paths", () => {
  const codec = codecOf({ enumNames: "short" });
  const { decodeRequest } = compileTranscoder({ ...binding, httpMethod: "GET" }, { codec });
  const none = new Uint8Array(0);
  for (const name of ["NOVEL", "BOOK_KIND_NOVEL", "1"]) {
    const bytes = decodeRequest([name], `kinds=${name}`, none);
    const { kind, kinds } = JSON.parse(codec.toJson(input)(bytes).toString());
    assert.deepEqual([kind, kinds], ["NOVEL", ["NOVEL"]]);
  }
  const read = codec.textToWire(input);
  assert.ok(read(Buffer.from('{"kind":"NOVEL","kinds":["BOOK_KIND_NOVEL"]}')).length > 0);
  assert.throws(() => decodeRequest(["NOVE"], "", none), /NOVE/);
  assert.throws(() => codecOf().textToWire(input)(Buffer.from('{"kind":"NOVEL"}')), /NOVEL/);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { type DescMessage, fromBinary, type JsonValue, toJson } from "@bufbuild/protobuf";
import { createJsonCodec } from "../../src/json/create-json-codec.ts";
import { compileTranscoder, type TranscoderOptions } from "../../src/transcoder.ts";
import { Random, randomMessage } from "../json/differential/random-json.ts";
import { bindingOf, library } from "../protos/methods.ts";
import { violationsOf } from "./bad-request.ts";

const codec = createJsonCodec(library, {
  naming: "json",
  emit: "set",
  enums: "name",
  unknownFields: "reject",
});

type Decode = (captures: readonly string[], body: unknown, query?: string) => JsonValue;

/** What requests under a rule mean. A body that is a string is its text. */
function decoder(
  rpc: string,
  rule: unknown,
  options: Omit<TranscoderOptions, "codec"> = {},
): Decode {
  const binding = bindingOf(rpc, rule);
  const { decodeRequest } = compileTranscoder(binding, { codec, ...options });
  const { input } = binding.method;
  return (captures, body, query = "") => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const bytes = decodeRequest(captures, query, Buffer.from(text));
    return toJson(input, fromBinary(input, bytes), { registry: library });
  };
}

test("the parts of a request mean what they mean in one text", () => {
  const whole = decoder("GetKinds", { post: "/v1", body: "*" });
  const besideAll = decoder("GetKinds", {
    post: "/v1/{f_string}/{f_nested.f_nested.f_int32}",
    body: "*",
  });
  const besideField = decoder("GetKinds", {
    post: "/v1/{f_string}/{f_nested.f_nested.f_int32}",
    body: "f_nested",
  });
  const random = new Random(42);
  const kinds = library.getMessage("library.v1.Kinds") as DescMessage;
  for (let i = 0; i < 400; i++) {
    const value = randomMessage(random, kinds, 3) as Record<string, unknown>;
    const nested = (value.fNested ?? {}) as Record<string, unknown>;
    const inner = (nested.fNested ?? {}) as Record<string, unknown>;
    const bound = { ...nested, fNested: { ...inner, fInt32: 7 } };
    assert.deepEqual(
      besideAll(["s", "7"], value),
      whole([], { ...value, fString: "s", fNested: bound }),
      JSON.stringify(value),
    );
    assert.deepEqual(
      besideField(["s", "7"], nested, "f_bool=true&f_list=1&f_list=2"),
      whole([], { fString: "s", fNested: bound, fBool: true, fList: [1, 2] }),
      JSON.stringify(nested),
    );
  }
});

test("a message that path and body both have a part of is there once", () => {
  const rule = { put: "/v1/{book.name}", body: "book" };
  const binding = bindingOf("UpdateBook", rule);
  const { decodeRequest } = compileTranscoder(binding, { codec });
  const read = (body: string) => decodeRequest(["n"], "", Buffer.from(body)).toString("latin1");
  assert.equal(read('{"title":"t"}'), "\x0a\x06\x12\x01t\x0a\x01n");
  assert.equal(read('{"name":"other","title":"t"}'), "\x0a\x06\x12\x01t\x0a\x01n");
  for (const none of ["", "null", "{}"]) assert.equal(read(none), "\x0a\x03\x0a\x01n");
});

test("a text that is right and odd means the same beside path and query", () => {
  const update = decoder("UpdateBook", { patch: "/v1/{book.name}", body: "book" });
  const usual = update(["n"], { title: "t", extra: { a: 2 }, pages: 3 }, "allow_missing=true");
  for (const odd of [
    '{"title":"u","extra":{"a":1},"extra":{"a":2},"pages":3,"title":"t"}',
    '{"t\\u0069tle":"t","extra":{"b":1,"b":2,"a":1,"\\u0061":2,"b":null},"pages":3}',
    ' { "title" : "t" , "extra" : {"a" : 2.0e0} , "pages" : 3 } \n',
  ]) {
    const read = update(["n"], odd, "allow_missing=true") as { book: { extra: object } };
    const { a } = read.book.extra as { a?: unknown };
    assert.equal(a, 2, odd);
    if (!odd.includes('"b"')) assert.deepEqual(read, usual, odd);
  }
});

test("an inferred mask follows the body from request to request", () => {
  const update = decoder("UpdateBook", { patch: "/v1/{book.name}", body: "book" });
  const bodies: readonly [body: string, mask: string | undefined][] = [
    ['{"title":"a","pages":1}', "pages,title"],
    ['{"title":"b","pages":2}', "pages,title"],
    ['{"pages":2,"title":"b"}', "pages,title"],
    ['{"title":"a"}', "title"],
    ['{"title":null,"author":{}}', "author,title"],
    ['{"author":{"mentor":{}},"title":""}', "author.mentor,title"],
    ['{"author":{"mentor":{"displayName":""}}}', "author.mentor.displayName"],
    ['{"extra":{"a":{}}}', "extra.a"],
    ['{"extra":{"b":{"c":1}}}', "extra.b.c"],
    ['{"title":"a","title":"b"}', "title"],
    ["{}", undefined],
    ['{"tags":[]}', "tags"],
    ["", undefined],
  ];
  for (let round = 0; round < 3; round++) {
    for (const [body, mask] of [...bodies, ...bodies.toReversed()]) {
      const { updateMask } = update(["n"], body) as { updateMask?: string };
      assert.equal(updateMask, mask, body);
    }
  }
  const ofAuthor = decoder("UpdateBook", { patch: "/v1/{book.author.display_name}", body: "book" });
  const { updateMask } = ofAuthor(["n"], { extra: { a: 1 } }) as { updateMask?: string };
  assert.equal(updateMask, "extra.a", "what only the path says is no change");
});

test("a body that is one field is all of the text, and UTF-8", () => {
  const rule = { put: "/v1/{book.name}", body: "book" };
  const strict = decoder("UpdateBook", rule);
  const lenient = decoder("UpdateBook", rule, { trailingBody: "ignore" });
  for (const body of ['{"title":"t"}{}', '{"title":"t"}x', '{"title":"t"},']) {
    assert.equal(violationsOf(() => strict(["n"], body))[0]?.field, "book", body);
    assert.deepEqual(lenient(["n"], body), { book: { name: "n", title: "t" } }, body);
  }
  assert.throws(() => lenient(["n"], "nullx"));
  const { decodeRequest } = compileTranscoder(bindingOf("UpdateBook", rule), { codec });
  const latin1 = Buffer.from('{"title":"\u00e9"}', "latin1");
  assert.deepEqual(
    violationsOf(() => decodeRequest(["n"], "", latin1)).map(({ description }) => description),
    ["the text is not UTF-8"],
  );
});

test("all that is wrong with a request is said, whichever part it is in", () => {
  const rule = { put: "/v1/{f_int32}/{f_nested.f_string}", body: "f_nested" };
  const kinds = decoder("GetKinds", rule, { pathBodyConflict: "reject" });
  const fields = (run: () => unknown) =>
    violationsOf(run).map(({ field, reason }) => `${field} ${reason}`);
  const body = { fString: "other", fBool: "x" };
  assert.deepEqual(
    fields(() => kinds(["x", "s"], body, "f_timestamp=y&f_nested.f_bool=1")),
    [
      "f_int32 INVALID_VALUE",
      "f_nested.f_string BOUND_ELSEWHERE",
      "f_timestamp INVALID_VALUE",
      "f_nested.f_bool BOUND_ELSEWHERE",
    ],
  );
  assert.deepEqual(
    fields(() => kinds(["1", "s"], { fBool: "x", fList: [1, "y"], nope: 1 })),
    ["fNested.fBool INVALID_VALUE", "fNested.fList[1] INVALID_VALUE", "fNested.nope INVALID_VALUE"],
  );
  const whole = decoder("GetKinds", { put: "/v1/{f_int32}", body: "*" });
  assert.deepEqual(
    violationsOf(() => whole(["x"], []))[0]?.description,
    "object expected, not an array",
    "what is no object has no place for the path",
  );
  const oneof = decoder("GetKinds", { put: "/v1/{first}", body: "*" });
  assert.deepEqual(
    fields(() => oneof(["a"], { second: 1 })),
    ["first INVALID_VALUE"],
  );
  assert.deepEqual(oneof(["a"], { first: 5, second: null }), { first: "a" });
});

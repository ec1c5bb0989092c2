import assert from "node:assert/strict";
import { test } from "node:test";
import { fromBinary, type JsonValue, toJson } from "@bufbuild/protobuf";
import { compileRouteTable } from "../src/http/route-table.ts";
import { createJsonCodec } from "../src/json/create-json-codec.ts";
import type { JsonOptions } from "../src/json/json-codec.ts";
import { StatusError } from "../src/status/status-error.ts";
import { streamEncoders } from "../src/stream/stream-format.ts";
import { compileTranscoder, type TranscoderOptions } from "../src/transcoder.ts";
import { bindingOf, library } from "./protos/methods.ts";
import { reasonsOf, violationsOf } from "./request/bad-request.ts";

const json: JsonOptions = { naming: "json", emit: "set", enums: "name", unknownFields: "reject" };
const codec = createJsonCodec(library, json);

interface Request {
  readonly url: string;
  readonly body?: unknown;
  readonly contentType?: string;
}

/** The request message, as canonical JSON, that a request gives under a rule. */
function decode(
  rpc: string,
  rule: unknown,
  { url, body, contentType }: Request,
  options: Partial<TranscoderOptions> = {},
): JsonValue {
  const binding = bindingOf(rpc, rule);
  const found = compileRouteTable([binding]).match(binding.httpMethod, url);
  assert.equal(found?.status, 200, url);
  const bytes = compileTranscoder(binding, { codec, ...options }).decodeRequest(
    found.captures,
    url.split("?")[1] ?? "",
    bodyBytes(body),
    contentType,
  );
  const { input } = binding.method;
  return toJson(input, fromBinary(input, bytes), { registry: library });
}

function bodyBytes(body: unknown): Uint8Array {
  if (body === undefined) return Buffer.alloc(0);
  if (typeof body === "string" || body instanceof Uint8Array) return Buffer.from(body);
  return Buffer.from(JSON.stringify(body));
}

const update = { patch: "/v1/{book.name=shelves/*/books/*}", body: "book" };
const replace = { put: "/v1/{book.name=shelves/*/books/*}", body: "book" };
const create = { post: "/v1/{parent=shelves/*}/books", body: "book" };
const createAll = { post: "/v1/{parent=shelves/*}/books", body: "*" };

test("joins path, query and body field into one message", () => {
  assert.deepEqual(
    decode("CreateBook", create, {
      url: "/v1/shelves/s%201/books?book_id=b2",
      body: { title: "Moby", author: { displayName: "H" } },
    }),
    { parent: "shelves/s 1", bookId: "b2", book: { title: "Moby", author: { displayName: "H" } } },
  );
});

test("takes a whole body, and none as the empty message", () => {
  const body = { bookId: "b", book: { title: "T" } };
  const url = "/v1/shelves/s/books";
  assert.deepEqual(decode("CreateBook", createAll, { url, body }), {
    parent: "shelves/s",
    ...body,
  });
  assert.deepEqual(decode("CreateBook", createAll, { url }), { parent: "shelves/s" });
  assert.deepEqual(decode("CreateBook", create, { url }), { parent: "shelves/s" });
  assert.deepEqual(decode("Ping", { post: "/v1/ping", body: "*" }, { url: "/v1/ping" }), {});
});

test("does not look at a body that no rule binds", () => {
  const rule = { post: "/v1/{name=books/*}:read" };
  assert.deepEqual(decode("GetBook", rule, { url: "/v1/books/1:read", body: "{" }), {
    name: "books/1",
  });
});

test("takes lists and scalars as body field", () => {
  const list = { post: "/v1/{parent=shelves/*}/books", body: "others" };
  const url = "/v1/shelves/s/books";
  assert.deepEqual(decode("CreateBook", list, { url, body: [{ title: "a" }, {}] }), {
    parent: "shelves/s",
    others: [{ title: "a" }, {}],
  });
  const scalar = { post: "/v1/{parent=shelves/*}/books", body: "book_id" };
  assert.deepEqual(decode("CreateBook", scalar, { url, body: '"b7"' }), {
    parent: "shelves/s",
    bookId: "b7",
  });
});

test("lets the path win over the body, under either name of a field", () => {
  const url = "/v1/shelves/1/books/2";
  for (const name of ["other", "", null, 7]) {
    assert.deepEqual(decode("UpdateBook", replace, { url, body: { name, title: "T" } }), {
      book: { name: "shelves/1/books/2", title: "T" },
    });
  }
  assert.deepEqual(decode("UpdateBook", replace, { url, body: "null" }), {
    book: { name: "shelves/1/books/2" },
  });
  const rule = { post: "/v1/{book_id}", body: "*" };
  assert.deepEqual(decode("CreateBook", rule, { url: "/v1/path", body: { book_id: "body" } }), {
    bookId: "path",
  });
  assert.deepEqual(decode("CreateBook", rule, { url: "/v1/path", body: { bookId: "body" } }), {
    bookId: "path",
  });
});

test("refuses a body that differs from the path on request", () => {
  const reject = { pathBodyConflict: "reject" } as const;
  const url = "/v1/shelves/1/books/2";
  const same = { name: "shelves/1/books/2" };
  assert.deepEqual(decode("UpdateBook", replace, { url, body: same }, reject), { book: same });
  for (const unset of [{}, { name: "" }, { name: null }]) {
    assert.deepEqual(decode("UpdateBook", replace, { url, body: unset }, reject), { book: same });
  }
  const other = () => decode("UpdateBook", replace, { url, body: { name: "x" } }, reject);
  assert.deepEqual(violationsOf(other), [
    {
      field: "book.name",
      reason: "BOUND_ELSEWHERE",
      description: 'the body has another value than the path, "shelves/1/books/2"',
    },
  ]);
  const rule = { put: "/v1/{f_int64}", body: "*" };
  const kinds = (body: unknown) => decode("GetKinds", rule, { url: "/v1/7", body }, reject);
  assert.deepEqual(kinds({ fInt64: 7 }), kinds({ f_int64: "7" }));
  assert.deepEqual(
    reasonsOf(() => kinds({ fInt64: 8 })),
    ["BOUND_ELSEWHERE"],
  );
});

const scalars: readonly [field: string, text: string, json: JsonValue][] = [
  ["f_double", "1.5e3", 1500],
  ["f_double", "-Infinity", "-Infinity"],
  ["f_float", "0.25", 0.25],
  ["f_int64", "-9223372036854775808", "-9223372036854775808"],
  ["f_uint64", "18446744073709551615", "18446744073709551615"],
  ["f_int32", "-2147483648", -2147483648],
  ["f_fixed64", "9007199254740993", "9007199254740993"],
  ["f_fixed32", "4294967295", 4294967295],
  ["f_bool", "true", true],
  ["f_string", "a%2Fb", "a/b"],
  ["f_bytes", "_-8", "/+8="],
  ["f_uint32", "7", 7],
  ["f_sfixed32", "-7", -7],
  ["f_sfixed64", "-7", "-7"],
  ["f_sint32", "-7", -7],
  ["f_sint64", "-7", "-7"],
  ["f_genre", "ATLAS", "ATLAS"],
  ["f_genre", "7", "ATLAS"],
  ["f_timestamp", "2024-02-29T12:00:00Z", "2024-02-29T12:00:00Z"],
  ["f_duration", "1.5s", "1.500s"],
  ["f_mask", "a,b_c.d", "a,bC.d"],
  ["f_string_value", "x", "x"],
  ["f_int64_value", "5", "5"],
];

test("converts path variables of every kind", async (t) => {
  for (const [field, text, json] of scalars) {
    await t.test(`${field} = ${text}`, () => {
      const top = decode("GetKinds", { get: `/v1/{${field}}` }, { url: `/v1/${text}` });
      assert.deepEqual(Object.values(top as object), [json]);
      const nested = decode("GetKinds", { get: `/v1/{f_nested.${field}}` }, { url: `/v1/${text}` });
      assert.deepEqual(nested, { fNested: top });
      const query = decode(
        "GetKinds",
        { get: "/v1" },
        { url: `/v1?f_nested.f_nested.${field}=${text}` },
      );
      assert.deepEqual(query, { fNested: { fNested: top } });
    });
  }
});

test("answers a bad path value with its field, its reason and what was expected", () => {
  const kinds = (field: string, text: string) =>
    violationsOf(() => decode("GetKinds", { get: `/v1/{${field}}` }, { url: `/v1/${text}` }));
  assert.deepEqual(kinds("f_int32", "x"), [
    {
      field: "f_int32",
      reason: "INVALID_VALUE",
      description: 'expected a decimal integer, found "x"',
    },
  ]);
  assert.deepEqual(kinds("f_nested.f_uint32", "-1"), [
    {
      field: "f_nested.f_uint32",
      reason: "OUT_OF_RANGE",
      description: 'expected an integer from 0 to 4294967295, found "-1"',
    },
  ]);
  assert.deepEqual(
    kinds("f_genre", "novel")[0]?.description,
    'expected a value of library.v1.Genre, found "novel"',
  );
  assert.deepEqual(kinds("f_timestamp", "2024-02-30T00:00:00Z")[0]?.reason, "INVALID_VALUE");
});

test("collects the violations of path and query, and not without end", () => {
  const rule = { get: "/v1/{f_int32}" };
  const bad = () => decode("GetKinds", rule, { url: "/v1/x?nope=1&f_bool=2&f_list=a&f_list=1" });
  assert.deepEqual(
    violationsOf(bad).map(({ field, reason }) => `${field} ${reason}`),
    [
      "f_int32 INVALID_VALUE",
      "nope UNKNOWN_PARAMETER",
      "f_bool INVALID_VALUE",
      "f_list INVALID_VALUE",
    ],
  );
  const many = () => decode("GetKinds", rule, { url: `/v1/1?${"x=1&".repeat(500)}` });
  assert.equal(violationsOf(many).length, 20);
  const [name] = violationsOf(() => decode("GetKinds", rule, { url: `/v1/1?${"x".repeat(9000)}` }));
  assert.ok((name?.field.length ?? 0) + (name?.description.length ?? 0) < 400);
  const long = () => decode("GetKinds", rule, { url: `/v1/1?f_bool=${"y".repeat(9000)}` });
  assert.ok((violationsOf(long)[0]?.description.length ?? 0) < 120);
});

test("answers bad JSON with the field of the body", () => {
  const url = "/v1/shelves/s/books";
  const [syntax] = violationsOf(() => decode("CreateBook", create, { url, body: "{" }));
  assert.equal(syntax?.field, "book");
  const [type] = violationsOf(() => decode("CreateBook", create, { url, body: { title: 5 } }));
  assert.equal(type?.reason, "INVALID_VALUE");
  const [list] = violationsOf(() => decode("CreateBook", createAll, { url, body: [] }));
  assert.equal(list?.reason, "INVALID_VALUE");
  // The path has no object to go into: that is the body's fault.
  const nested = () => decode("UpdateBook", replace, { url: "/v1/shelves/1/books/2", body: '"x"' });
  assert.deepEqual(reasonsOf(nested), ["INVALID_VALUE"]);
});

test("refuses a second member of a oneof that the path has set", () => {
  const rule = { get: "/v1/{first}" };
  assert.deepEqual(
    reasonsOf(() => decode("GetKinds", rule, { url: "/v1/x?second=1" })),
    ["ONEOF_CONFLICT"],
  );
});

test("refuses parameters of fields that the path has set in part or as a whole", () => {
  const rule = { get: "/v1/{f_nested.f_string}" };
  const query = (text: string) => () => decode("GetKinds", rule, { url: `/v1/x?${text}` });
  assert.deepEqual(reasonsOf(query("f_nested=x")), ["BOUND_ELSEWHERE"]);
  assert.deepEqual(reasonsOf(query("f_nested.f_string=x")), ["BOUND_ELSEWHERE"]);
  assert.deepEqual(query("f_nested.f_int32=1")(), { fNested: { fString: "x", fInt32: 1 } });
});

test("keeps prototypes out of reach of bodies and queries", () => {
  const url = "/v1?f_map[__proto__]=1&f_map[constructor]=2";
  const decoded = decode("GetKinds", { get: "/v1" }, { url }) as { fMap: object };
  assert.deepEqual(Object.entries(decoded.fMap), [
    ["__proto__", "1"],
    ["constructor", "2"],
  ]);
  assert.equal(Object.hasOwn(Object.prototype, "polluted"), false);
  const polluting = () =>
    decode("UpdateBook", replace, {
      url: "/v1/shelves/1/books/2",
      body: '{"__proto__":{"polluted":1}}',
    });
  assert.throws(polluting, StatusError);
});

test("ignores the unknown parameters that options name", () => {
  const query = (url: string, unknownQuery: TranscoderOptions["unknownQuery"] = "reject") =>
    decode("CreateBook", create, { url: `/v1/shelves/s/books?${url}` }, { unknownQuery });
  const plain = { parent: "shelves/s" };
  assert.deepEqual(query("utm_source=x&nope[1]=y&parent=z&book.title=t", "ignore"), plain);
  assert.deepEqual(query("utm_source=x&key=y", ["utm_*", "key"]), plain);
  assert.deepEqual(
    reasonsOf(() => query("utm_source=x&keys=y", ["utm_*", "key"])),
    ["UNKNOWN_PARAMETER"],
  );
  assert.deepEqual(
    reasonsOf(() => query("parent=x", ["key"])),
    ["BOUND_ELSEWHERE"],
  );
  assert.deepEqual(
    reasonsOf(() => query("others=x", "ignore")),
    ["NOT_BINDABLE"],
  );
  assert.deepEqual(
    decode(
      "CreateBook",
      createAll,
      { url: "/v1/shelves/s/books?book_id=q" },
      { unknownQuery: "ignore" },
    ),
    plain,
  );
});

test("takes well-known types as whole requests and responses", () => {
  const echo = { post: "/v1/echo", body: "*" };
  assert.equal(decode("Echo", echo, { url: "/v1/echo", body: '"hi"' }), "hi");
  assert.equal(decode("Echo", echo, { url: "/v1/echo" }), "");
  assert.equal(decode("Echo", { get: "/v1/echo/{value}" }, { url: "/v1/echo/hi" }), "hi");
  assert.equal(decode("Echo", { get: "/v1/echo" }, { url: "/v1/echo" }), "");
  const store = { post: "/v1/store", body: "*" };
  assert.deepEqual(decode("Store", store, { url: "/v1/store", body: { a: [1] } }), { a: [1] });
  assert.deepEqual(decode("Store", { get: "/v1/store" }, { url: "/v1/store" }), {});
});

const patches: readonly [name: string, body: unknown, mask: string | undefined][] = [
  ["scalars", { title: "T", genre: "NOVEL" }, "genre,title"],
  ["the proto names of json names", { printedAt: null }, "printedAt"],
  [
    "nested messages",
    { author: { displayName: "A", mentor: { displayName: "B" } } },
    "author.displayName,author.mentor.displayName",
  ],
  ["null and {} as set", { title: null, author: {} }, "author,title"],
  [
    "lists, maps and well-known types as one path",
    { tags: ["a"], labels: { k: "v" }, pages: 3 },
    "labels,pages,tags",
  ],
  ["the keys of a Struct", { extra: { a: 1, b: { c: [] } } }, "extra.a,extra.b.c"],
  ["nothing for {}", {}, undefined],
  ["nothing for no body", undefined, undefined],
];

test("infers the mask of a PATCH", async (t) => {
  const url = "/v1/shelves/1/books/2";
  for (const [name, body, mask] of patches) {
    await t.test(name, () => {
      const { updateMask } = decode("UpdateBook", update, { url, body }) as { updateMask?: string };
      assert.equal(updateMask, mask);
    });
  }
});

test("leaves a mask alone that the query has", () => {
  const request = { url: "/v1/shelves/1/books/2?update_mask=tags", body: { title: "T" } };
  assert.deepEqual(decode("UpdateBook", update, request), {
    book: { name: "shelves/1/books/2", title: "T" },
    updateMask: "tags",
  });
});

test("infers no mask for PUT, for a whole body, for two masks, or when told so", () => {
  const request = { url: "/v1/shelves/1/books/2", body: { title: "T" } };
  const hasMask = (json: JsonValue) => Object.hasOwn(json as object, "updateMask");
  assert.equal(hasMask(decode("UpdateBook", update, request)), true);
  assert.equal(hasMask(decode("UpdateBook", replace, request)), false);
  assert.equal(hasMask(decode("UpdateTwo", update, request)), false);
  assert.equal(hasMask(decode("UpdateBook", update, request, { patchFieldMask: false })), false);
  const whole = { patch: "/v1/{book.name=shelves/*/books/*}", body: "*" };
  const body = { book: { title: "T" } };
  assert.equal(hasMask(decode("UpdateBook", whole, { ...request, body })), false);
});

test("keeps an inferred mask as proto names that JSON could not spell", () => {
  const binding = bindingOf("UpdateBook", update);
  const body = Buffer.from('{"extra":{"snake_case":1,"Upper":2}}');
  const bytes = compileTranscoder(binding, { codec }).decodeRequest(
    ["shelves/1/books/2"],
    "",
    body,
  );
  const message = fromBinary(binding.method.input, bytes) as unknown as {
    updateMask: { paths: string[] };
  };
  assert.deepEqual(message.updateMask.paths, ["extra.Upper", "extra.snake_case"]);
});

test("bounds the mask that a body can make", () => {
  const url = "/v1/shelves/1/books/2";
  const inner = Object.fromEntries(Array.from({ length: 2000 }, (_, index) => [`k${index}`, 1]));
  const wide = () =>
    decode("UpdateBook", update, { url, body: { extra: { ["x".repeat(5000)]: inner } } });
  assert.deepEqual(
    violationsOf(wide).map(({ field, reason }) => `${field} ${reason}`),
    ["book OUT_OF_RANGE"],
  );
  const deep = `{"extra":${'{"a":'.repeat(200_000)}1${"}".repeat(200_001)}`;
  assert.throws(() => decode("UpdateBook", update, { url, body: deep }), StatusError);
});

test("refuses a field that a mask cannot name where unknown fields are ignored", () => {
  const lenient = { codec: createJsonCodec(library, { ...json, unknownFields: "ignore" }) };
  const url = "/v1/shelves/1/books/2";
  const body = { title: "T", author: { nope: 1 } };
  assert.deepEqual(
    violationsOf(() => decode("UpdateBook", update, { url, body }, lenient)),
    [
      {
        field: "author.nope",
        reason: "INVALID_VALUE",
        description: "no field of library.v1.Author, and a field mask must name it",
      },
    ],
  );
  // Elsewhere the codec has the word.
  const strict = violationsOf(() => decode("UpdateBook", update, { url, body }));
  assert.deepEqual(
    strict.map(({ field }) => field),
    ["book.author.nope"],
  );
  assert.deepEqual(decode("UpdateBook", replace, { url, body }, lenient), {
    book: { name: "shelves/1/books/2", title: "T", author: {} },
  });
});

test("takes the bytes of an HttpBody request as they come", () => {
  const body = Buffer.from([0, 1, 254, 255]);
  const contentType = "image/png";
  assert.deepEqual(
    decode("Upload", { post: "/v1/upload", body: "*" }, { url: "/v1/upload", body, contentType }),
    { contentType, data: "AAH+/w==" },
  );
  const cover = { post: "/v1/{name=books/*}/cover", body: "file" };
  const url = "/v1/books/1/cover?width=7";
  assert.deepEqual(decode("UploadCover", cover, { url, body, contentType }), {
    name: "books/1",
    width: 7,
    file: { contentType, data: "AAH+/w==" },
  });
  const asJson = { httpBodyRequests: "json" } as const;
  assert.deepEqual(
    decode("UploadCover", cover, { url, body: { contentType: "a/b", data: "AAH+/w==" } }, asJson),
    { name: "books/1", width: 7, file: { contentType: "a/b", data: "AAH+/w==" } },
  );
});

function encode(rpc: string, rule: unknown, value: JsonValue): { body: string; type: string } {
  const binding = bindingOf(rpc, rule);
  const bytes = codec.toWire(binding.method.output)(value);
  const transcoder = compileTranscoder(binding, { codec });
  return {
    body: transcoder.encodeResponse(bytes).toString(),
    type: transcoder.responseContentType(bytes),
  };
}

test("answers with the message, its response_body, or an HttpBody's own bytes", () => {
  assert.deepEqual(encode("GetBook", { get: "/v1" }, { title: "T" }), {
    body: '{"title":"T"}',
    type: "application/json",
  });
  assert.deepEqual(encode("GetBook", { get: "/v1", response_body: "tags" }, { tags: ["a"] }), {
    body: '["a"]',
    type: "application/json",
  });
  const file = { contentType: "text/csv", data: Buffer.from("a;b").toString("base64") };
  const csv = { body: "a;b", type: "text/csv" };
  assert.deepEqual(encode("Upload", { post: "/v1", body: "*" }, file), csv);
  assert.deepEqual(encode("UploadCover", { post: "/v1", response_body: "file" }, { file }), csv);
  assert.deepEqual(
    encode("UploadCover", { post: "/v1", response_body: "sizes" }, { file, sizes: [] }).type,
    "application/json",
  );
});

test("answers with one field of an HttpBody as JSON", () => {
  const rule = { post: "/v1", body: "*", response_body: "content_type" };
  assert.deepEqual(encode("Upload", rule, { contentType: "a/b" }), {
    body: '"a/b"',
    type: "application/json",
  });
});

test("does not pass a content type on that would break the response's head", () => {
  const type = (contentType: string) =>
    encode("Upload", { post: "/v1", body: "*" }, { contentType, data: "" }).type;
  assert.equal(type("text/html\r\nset-cookie: x"), "application/octet-stream");
  assert.equal(type(""), "application/octet-stream");
});

test("answers malformed response bytes with INTERNAL", () => {
  const bytes = Buffer.from([0x0a, 0xff]);
  for (const [rpc, rule] of [
    ["GetBook", { get: "/v1" }],
    ["Upload", { post: "/v1", body: "*" }],
    ["UploadCover", { post: "/v1", body: "file", response_body: "file" }],
  ] as const) {
    const { encodeResponse } = compileTranscoder(bindingOf(rpc, rule), { codec });
    assert.throws(
      () => encodeResponse(bytes),
      (error) => error instanceof StatusError && error.codeName === "INTERNAL",
    );
  }
});

test("prints many messages of a stream as one by one, each in its frame", () => {
  const titles = ["T", "", "é".repeat(40_000), "last"];
  const frames = streamEncoders()
    .concat(streamEncoders("result", ["ndjson"]))
    .map((encoder) => ({
      ...encoder,
      frame: encoder.frame ?? { first: "", before: "", after: "" },
    }));
  for (const rule of [{ get: "/v1" }, { get: "/v1", response_body: "title" }]) {
    const binding = bindingOf("GetBook", rule);
    const toWire = codec.toWire(binding.method.output);
    const messages = titles.map((title) => toWire({ title, tags: ["a"] }));
    const { encodeResponse, encodeResponses } = compileTranscoder(binding, { codec });
    for (const { frame, message } of frames) {
      const single = messages.map((bytes, i) => message(encodeResponse(bytes), i));
      const rest = encodeResponses(messages.slice(1), 1, frame).toString();
      assert.equal(
        encodeResponses(messages, 0, frame).toString(),
        Buffer.concat(single).toString(),
      );
      assert.equal(rest, Buffer.concat(single.slice(1)).toString());
      assert.throws(
        () => encodeResponses([...messages, Buffer.from([0x0a, 0xff])], 0, frame),
        (error) => error instanceof StatusError && error.codeName === "INTERNAL",
      );
    }
  }
});

test("takes form bodies as query parameters on request, where no body is bound", () => {
  const forms = { formBodies: true };
  const contentType = "application/x-www-form-urlencoded; charset=utf-8";
  const rule = { post: "/v1/{name=books/*}:read" };
  const url = "/v1/books/1:read?view=";
  const request = { url: "/v1/books/1:read?read_mask=name", body: "view=a+%C3%A9", contentType };
  assert.deepEqual(decode("GetBook", rule, request, forms), {
    name: "books/1",
    view: "a é",
    readMask: "name",
  });
  assert.deepEqual(decode("GetBook", rule, request), { name: "books/1", readMask: "name" });
  assert.deepEqual(
    reasonsOf(() => decode("GetBook", rule, { ...request, url }, forms)),
    ["REPEATED_SINGULAR"],
  );
  const json = { url: "/v1/shelves/s/books", body: { title: "T" }, contentType };
  assert.deepEqual(decode("CreateBook", create, json, forms), {
    parent: "shelves/s",
    book: { title: "T" },
  });
  const latin1 = { ...request, body: Buffer.from([0x76, 0x3d, 0xe9]) };
  assert.deepEqual(
    reasonsOf(() => decode("GetBook", rule, latin1, forms)),
    ["BAD_ENCODING"],
  );
});

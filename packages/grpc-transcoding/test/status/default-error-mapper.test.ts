import assert from "node:assert/strict";
import { test } from "node:test";
import { create, toBinary } from "@bufbuild/protobuf";
import { anyPack, StructSchema, ValueSchema } from "@bufbuild/protobuf/wkt";
import {
  badRequestDetail,
  Code,
  codeName,
  createDefaultErrorMapper,
  defaultErrorMapper,
  type ErrorContext,
  errorInfoDetail,
  type Failure,
  loadSchema,
  retryInfoDetail,
  rpcDetail,
  type StatusDetail,
  StatusError,
  type StatusErrorOptions,
} from "grpc-transcoding";
import { gatewayError } from "grpc-transcoding/internal";

const schema = await loadSchema({ proto: new URL("./shelf.proto", import.meta.url).pathname });
const method = schema.services[0]?.methods[0];
assert.ok(method);
const context: ErrorContext = { schema, method };

function answer(
  code: Code,
  message = "",
  options: StatusErrorOptions = {},
  more: ErrorContext = {},
) {
  const failure = new StatusError(code, message, options);
  const { body, ...rest } = defaultErrorMapper.toHttp(failure, { ...context, ...more });
  return { ...rest, body: JSON.parse(body) };
}

function withDetails(...details: StatusDetail[]) {
  return answer(Code.NOT_FOUND, "m", { details }).body.details;
}

const table: [code: Code, statusCode: number][] = [
  [Code.CANCELLED, 499],
  [Code.UNKNOWN, 500],
  [Code.INVALID_ARGUMENT, 400],
  [Code.DEADLINE_EXCEEDED, 504],
  [Code.NOT_FOUND, 404],
  [Code.ALREADY_EXISTS, 409],
  [Code.PERMISSION_DENIED, 403],
  [Code.RESOURCE_EXHAUSTED, 429],
  [Code.ABORTED, 409],
  [Code.OUT_OF_RANGE, 400],
  [Code.UNIMPLEMENTED, 501],
  [Code.INTERNAL, 500],
  [Code.UNAVAILABLE, 503],
  [Code.DATA_LOSS, 500],
  [Code.UNAUTHENTICATED, 401],
];
for (const [code, statusCode] of table) {
  test(`${codeName(code)} is ${statusCode}`, () =>
    assert.equal(answer(code).statusCode, statusCode));
}

test("an upstream that broke the protocol is 502, and its transport's words are not masked", () => {
  for (const code of [Code.CANCELLED, Code.UNKNOWN, Code.INTERNAL]) {
    const { statusCode, body } = answer(code, "half an answer", { origin: "upstream" });
    assert.deepEqual([statusCode, body.message], [502, "half an answer"]);
  }
  assert.equal(answer(Code.UNAVAILABLE, "", { origin: "upstream" }).statusCode, 503);
  assert.equal(answer(Code.UNIMPLEMENTED, "", { origin: "upstream" }).statusCode, 501);
  assert.equal(answer(Code.INTERNAL, "", { origin: "transport" }).statusCode, 500);
  const told = answer(Code.INTERNAL, "connect 10.0.0.7:50051", { origin: "upstream" });
  assert.equal(told.body.message, "The call failed.");
});

test("a declared HTTP status wins over that of an upstream that broke the protocol", () => {
  const full = errorInfoDetail({ reason: "SHELF_FULL", domain: "shelf.test" });
  const options = { details: [full], origin: "upstream" } as const;
  assert.equal(answer(Code.FAILED_PRECONDITION, "", options).statusCode, 422);
});

test("the body is a google.rpc.Status", () => {
  const { headers, body } = answer(Code.NOT_FOUND, "no such book");
  assert.equal(headers["content-type"], "application/json");
  assert.deepEqual(body, { code: 5, message: "no such book", details: [] });
});

test("the status that a failure demands wins over the table", () => {
  const failure = gatewayError("GET only", {
    code: Code.UNIMPLEMENTED,
    http: { statusCode: 405, headers: { allow: "GET" } },
  });
  const { statusCode, headers } = defaultErrorMapper.toHttp(failure, {});
  assert.equal(statusCode, 405);
  assert.equal(headers.allow, "GET");
});

test("a gateway's own failure has an ErrorInfo of its domain, named after its HTTP status", () => {
  const reasonsOf = (failure: Failure) =>
    JSON.parse(defaultErrorMapper.toHttp(failure, {}).body).details.map(
      ({ domain, reason }: { domain: string; reason: string }) => [domain, reason],
    );
  const http = { statusCode: 405 };
  assert.deepEqual(reasonsOf(gatewayError("m", { http })), [
    ["fastify-grpc-gateway", "METHOD_NOT_ALLOWED"],
  ]);
  assert.deepEqual(reasonsOf(gatewayError("m")), [["fastify-grpc-gateway", "INVALID_ARGUMENT"]]);
  assert.deepEqual(reasonsOf(gatewayError("m", { http, reason: "NO_SUCH_VERB" })), [
    ["fastify-grpc-gateway", "NO_SUCH_VERB"],
  ]);
  assert.deepEqual(reasonsOf(gatewayError("m", { http, reason: false })), []);
});

test("405 without an allow header asks for the methods of the path", () => {
  const http = { statusCode: 405 };
  const { headers } = answer(Code.UNIMPLEMENTED, "", { http }, { allow: () => ["GET", "PUT"] });
  assert.equal(headers.allow, "GET, PUT");
});

test("a declared HTTP status decides for its reason, and only for it", () => {
  const full = errorInfoDetail({ reason: "SHELF_FULL", domain: "shelf.test" });
  const other = errorInfoDetail({ reason: "SHELF_LOCKED", domain: "shelf.test" });
  assert.equal(answer(Code.FAILED_PRECONDITION, "", { details: [full] }).statusCode, 422);
  assert.equal(answer(Code.FAILED_PRECONDITION, "", { details: [other] }).statusCode, 400);
  assert.equal(answer(Code.FAILED_PRECONDITION).statusCode, 400);
});

test("the declared errors are documented with the status that they will have", () => {
  const responses = defaultErrorMapper
    .responsesOf(method)
    .map((response) => [response.code, response.reason, response.statusCode, response.headers]);
  assert.deepEqual(responses, [
    ["FAILED_PRECONDITION", "SHELF_FULL", 422, []],
    ["FAILED_PRECONDITION", undefined, 400, []],
    ["RESOURCE_EXHAUSTED", undefined, 429, ["retry-after"]],
    ["UNAUTHENTICATED", undefined, 401, ["www-authenticate"]],
  ]);
});

const internals: [name: string, failure: Failure][] = [
  ["INTERNAL", new StatusError(Code.INTERNAL, "secret")],
  ["UNKNOWN", new StatusError(Code.UNKNOWN, "secret")],
  ["DATA_LOSS", new StatusError(Code.DATA_LOSS, "secret")],
  [
    "an error of a hook",
    gatewayError("secret", { code: Code.INTERNAL, http: { statusCode: 500 } }),
  ],
];
for (const [name, failure] of internals) {
  test(`the message of ${name} is replaced by one with the request id`, () => {
    const { body } = defaultErrorMapper.toHttp(failure, { requestId: "req-7" });
    assert.equal(JSON.parse(body).message, "An internal error occurred. Request id: req-7");
    const open = createDefaultErrorMapper({ maskInternal: false });
    assert.equal(JSON.parse(open.toHttp(failure, {}).body).message, "secret");
  });
}

const addresses: [code: Code, message: string][] = [
  [Code.UNAVAILABLE, "No connection established. Last error: connect ECONNREFUSED 10.0.0.7:50051"],
  [Code.UNAVAILABLE, "Name resolution failed for target dns:library.internal:50051"],
  [Code.UNAVAILABLE, "connect to library:50051 failed"],
  [Code.UNAVAILABLE, "read ECONNRESET"],
  [Code.DEADLINE_EXCEEDED, "Deadline exceeded after 0.1s,remote_addr=[fd00::1]:443"],
  [Code.CANCELLED, "closed by unix:/run/library.sock"],
];
for (const [code, message] of addresses) {
  test(`an upstream address does not leave: ${message}`, () => {
    assert.match(answer(code, message).body.message, /^The \w+ (is unavailable|was \w+)\.$/);
    const open = createDefaultErrorMapper({ maskInternal: false });
    const { body } = open.toHttp(new StatusError(code, message), {});
    assert.doesNotMatch(body, /10\.0|library|fd00|ECONN|sock/);
  });
}

test("a message of the service that names no address is kept", () => {
  for (const message of ["Try again at 10:30.", "The shelf is locked for 5 minutes: wait."]) {
    assert.equal(answer(Code.UNAVAILABLE, message).body.message, message);
  }
  const notFound = "there is no host 10.0.0.7:80";
  assert.equal(answer(Code.NOT_FOUND, notFound).body.message, notFound);
});

test("google.rpc details are printed without a schema", () => {
  const details = [
    badRequestDetail([{ field: "a", description: "b", reason: "BAD_A" }]),
    errorInfoDetail({ reason: "R_X", domain: "d", metadata: { k: "v" } }),
    retryInfoDetail(1500),
    rpcDetail("QuotaFailure", {
      violations: [{ subject: "s", description: "d", quotaValue: "9" }],
    }),
    rpcDetail("PreconditionFailure", {
      violations: [{ type: "TOS", subject: "s", description: "d" }],
    }),
    rpcDetail("RequestInfo", { requestId: "r", servingData: "x" }),
    rpcDetail("ResourceInfo", { resourceType: "t", resourceName: "n", owner: "o" }),
    rpcDetail("Help", { links: [{ description: "d", url: "https://x.test" }] }),
    rpcDetail("LocalizedMessage", { locale: "de", message: "voll" }),
  ];
  const failure = new StatusError(Code.NOT_FOUND, "", { details });
  const at = "type.googleapis.com/google.rpc.";
  assert.deepEqual(JSON.parse(defaultErrorMapper.toHttp(failure, {}).body).details, [
    {
      "@type": `${at}BadRequest`,
      fieldViolations: [{ field: "a", description: "b", reason: "BAD_A" }],
    },
    { "@type": `${at}ErrorInfo`, reason: "R_X", domain: "d", metadata: { k: "v" } },
    { "@type": `${at}RetryInfo`, retryDelay: "1.500s" },
    {
      "@type": `${at}QuotaFailure`,
      violations: [{ subject: "s", description: "d", quotaValue: "9" }],
    },
    {
      "@type": `${at}PreconditionFailure`,
      violations: [{ type: "TOS", subject: "s", description: "d" }],
    },
    { "@type": `${at}RequestInfo`, requestId: "r", servingData: "x" },
    { "@type": `${at}ResourceInfo`, resourceType: "t", resourceName: "n", owner: "o" },
    { "@type": `${at}Help`, links: [{ description: "d", url: "https://x.test" }] },
    { "@type": `${at}LocalizedMessage`, locale: "de", message: "voll" },
  ]);
});

test("DebugInfo is dropped unless debugging", () => {
  const details = [rpcDetail("DebugInfo", { stackEntries: ["at secret.ts"], detail: "x" })];
  const failure = new StatusError(Code.INTERNAL, "why", { details });
  assert.deepEqual(JSON.parse(defaultErrorMapper.toHttp(failure, {}).body).details, []);
  const debug = createDefaultErrorMapper({ debug: true }).toHttp(failure, {});
  assert.deepEqual(JSON.parse(debug.body), {
    code: 13,
    message: "why",
    details: [
      {
        "@type": "type.googleapis.com/google.rpc.DebugInfo",
        stackEntries: ["at secret.ts"],
        detail: "x",
      },
    ],
  });
});

test("the schema's own types are printed as its gateway prints JSON", () => {
  const desc = schema.registry.getMessage("shelf.v1.ShelfFull");
  assert.ok(desc);
  const message = create(desc, {
    freePlaces: 3n,
    hint: create(ValueSchema, { kind: { case: "boolValue", value: true } }),
  } as never);
  const detail = {
    typeUrl: "type.googleapis.com/shelf.v1.ShelfFull",
    value: toBinary(desc, message),
  };
  assert.deepEqual(withDetails(detail), [
    { "@type": detail.typeUrl, freePlaces: "3", hint: true, note: "" },
  ]);
  const proto = { naming: "proto", emit: "set", enums: "name", unknownFields: "reject" } as const;
  const failure = new StatusError(Code.NOT_FOUND, "", { details: [detail] });
  assert.deepEqual(
    JSON.parse(defaultErrorMapper.toHttp(failure, { ...context, json: proto }).body).details,
    [{ "@type": detail.typeUrl, free_places: "3", hint: true }],
  );
});

test("a detail with a JSON form of its own stands under value", () => {
  const any = anyPack(StructSchema, create(StructSchema, {}));
  const detail = { typeUrl: any.typeUrl, value: any.value };
  assert.deepEqual(withDetails(detail), [{ "@type": any.typeUrl, value: {} }]);
});

const opaque: [name: string, detail: StatusDetail][] = [
  ["an unknown type", { typeUrl: "type.googleapis.com/a.B", value: Uint8Array.of(1, 2) }],
  ["no type", { typeUrl: "", value: Uint8Array.of(1) }],
  ["a type URL of nothing but a slash", { typeUrl: "/", value: Uint8Array.of(1) }],
  ["__proto__", { typeUrl: "x/__proto__", value: Uint8Array.of(1) }],
  ["constructor", { typeUrl: "x/constructor", value: Uint8Array.of(1) }],
  ["a type URL with line breaks", { typeUrl: "x\r\ny/a.B\0", value: Uint8Array.of(1) }],
  ["a type URL with markup", { typeUrl: "x/<script>", value: Uint8Array.of(1) }],
  [
    "bytes that are not the google.rpc type",
    { typeUrl: "x/google.rpc.ErrorInfo", value: Uint8Array.of(0xff) },
  ],
  [
    "bytes that are not the schema's type",
    { typeUrl: "x/shelf.v1.Book", value: Uint8Array.of(0xff) },
  ],
];
for (const [name, detail] of opaque) {
  test(`a detail stays base64: ${name}`, () => {
    assert.deepEqual(withDetails(detail), [
      { "@type": detail.typeUrl, value: Buffer.from(detail.value).toString("base64") },
    ]);
  });
}

test("details that nest endlessly stay base64", () => {
  let value = new Uint8Array(0) as Uint8Array;
  const tag = (field: number, bytes: Uint8Array) =>
    Buffer.concat([Buffer.of((field << 3) | 2), varint(bytes.length), bytes]);
  const varint = (n: number): Buffer =>
    n < 128 ? Buffer.of(n) : Buffer.concat([Buffer.of((n & 127) | 128), varint(n >> 7)]);
  for (let depth = 0; depth < 5000; depth += 1) value = tag(2, value);
  const [detail] = withDetails({ typeUrl: "x/shelf.v1.Book", value });
  assert.equal(typeof detail.value, "string");
});

test("BadRequest names fields as JSON clients know them", () => {
  const paths: [given: string, shown: string][] = [
    ["first_book.full_title", "firstBook.fullTitle"],
    ["firstBook.fullTitle", "firstBook.fullTitle"],
    ["more_books[2].next_volume.full_title", "moreBooks[2].nextVolume.fullTitle"],
    ['by_name["full_title.x"].full_title', 'byName["full_title.x"].fullTitle'],
    ["by_name.full_title.full_title", "byName.full_title.fullTitle"],
    ["unknown_field.full_title", "unknown_field.full_title"],
    ["first_book.full_title.more_books", "firstBook.fullTitle.more_books"],
    ["first_book..x[", "firstBook..x["],
    ["", ""],
  ];
  const details = [badRequestDetail(paths.map(([field]) => ({ field, description: "d" })))];
  const violations = withDetails(...details)[0].fieldViolations;
  assert.deepEqual(
    violations.map((violation: { field?: string }) => violation.field ?? ""),
    paths.map(([, shown]) => shown),
  );
  const own = gatewayError("m", {
    details: [badRequestDetail([{ field: "first_book", description: "d" }])],
  });
  const { body } = defaultErrorMapper.toHttp(own, context);
  assert.equal(JSON.parse(body).details[0].fieldViolations[0].field, "first_book");
});

const delays: [delayMs: number, seconds: string][] = [
  [0, "1"],
  [1, "1"],
  [1000, "1"],
  [1001, "2"],
  [59_900, "60"],
  [-5000, "1"],
  [Number.MAX_VALUE, "315576000000"],
];
for (const [delayMs, seconds] of delays) {
  test(`RetryInfo of ${delayMs} ms is Retry-After: ${seconds}`, () => {
    const details = [retryInfoDetail(delayMs)];
    for (const code of [Code.UNAVAILABLE, Code.RESOURCE_EXHAUSTED]) {
      assert.equal(answer(code, "", { details }).headers["retry-after"], seconds);
    }
    assert.equal(answer(Code.ABORTED, "", { details }).headers["retry-after"], undefined);
  });
}

test("401 carries a challenge: the failure's own, the service's, or Bearer", () => {
  const challenge = (options: StatusErrorOptions) =>
    answer(Code.UNAUTHENTICATED, "m", options).headers["www-authenticate"];
  assert.equal(challenge({}), "Bearer");
  assert.equal(
    challenge({ trailers: [["www-authenticate", 'Basic realm="x"']] }),
    'Basic realm="x"',
  );
  assert.equal(
    challenge({ trailers: [["www-authenticate", "Basic\r\nset-cookie: a=b"]] }),
    "Bearer",
  );
  assert.equal(challenge({ trailers: [["www-authenticate", "Bäsic"]] }), "Bearer");
  const http = { statusCode: 401, headers: { "www-authenticate": "Digest" } };
  assert.equal(challenge({ http }), "Digest");
});

test("a header of a failure that is no legal field value is left out", () => {
  const http = { statusCode: 400, headers: { "x-a": "1\r\nx-b: 2", "x-c": "ü", "x-d": "ok" } };
  const { headers } = answer(Code.INVALID_ARGUMENT, "", { http });
  assert.deepEqual(headers, { "content-type": "application/json", "x-d": "ok" });
});

test("hostile sizes are cut", () => {
  const message = answer(Code.NOT_FOUND, "é".repeat(1_000_000)).body.message;
  assert.equal(message.length, 8193);
  assert.ok(message.endsWith("…"));
  const many = Array.from({ length: 100 }, () => errorInfoDetail({ reason: "R_X", domain: "d" }));
  assert.equal(withDetails(...many).length, 100);
  assert.equal(withDetails(...many, ...many).length, 128);
  const big = { typeUrl: "x/a.B", value: new Uint8Array(200 * 1024) };
  assert.equal(withDetails(big, big).length, 1);
});

test("messages with control characters and unpaired surrogates are legal JSON", () => {
  const message = 'a\r\n\0"\\\u2028\ud800z';
  assert.equal(answer(Code.NOT_FOUND, message).body.message, message);
});

test("descriptions with unpaired surrogates can be sent", () => {
  const [detail] = withDetails(badRequestDetail([{ field: "f", description: "x\ud800y" }]));
  assert.equal(detail.fieldViolations[0].description, "x\ufffdy");
});

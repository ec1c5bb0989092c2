import assert from "node:assert/strict";
import { test } from "node:test";
import { Code, type HeaderRules, StatusError } from "grpc-transcoding";
import { compileRequestMetadata } from "grpc-transcoding/internal";

type Preset = Parameters<typeof compileRequestMetadata>[0];

type Headers = Record<string, string | readonly string[] | undefined>;

/** Headers as Node's HTTP server joins them, but for the names of which it takes the first. */
function joined(rawHeaders: readonly string[]): Headers {
  const headers: Record<string, string> = {};
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] as string).toLowerCase();
    const before = headers[name];
    const value = rawHeaders[i + 1] as string;
    headers[name] = before === undefined ? value : `${before}, ${value}`;
  }
  return headers;
}

/** Metadata as `key: value` lines, bytes as hex; `headers` are what hooks left. */
function lines(
  preset: Preset,
  rawHeaders: readonly string[],
  rules?: HeaderRules,
  remoteAddress?: string,
  headers: Headers = joined(rawHeaders),
): string[] {
  const entries = compileRequestMetadata(preset, rules)({ headers, rawHeaders, remoteAddress });
  return entries.map(
    ([key, value]) =>
      `${key}: ${typeof value === "string" ? value : Buffer.from(value).toString("hex")}`,
  );
}

/** What metadata becomes of a header that the client sent as `x-user: mallory`, after hooks. */
function afterHooks(headers: Headers, ...sent: string[]): string[] {
  const rawHeaders = sent.length > 0 ? sent : ["X-User", "mallory"];
  return lines("standard", rawHeaders, { allow: ["x-user"] }, undefined, headers);
}

const request = [
  ["Host", "api.example.com"],
  ["Authorization", "Bearer t"],
  ["Accept-Language", "de"],
  ["X-Request-Id", "r1"],
  ["Idempotency-Key", "k1"],
  ["traceparent", "00-1"],
  ["tracestate", "a=1"],
  ["Cookie", "c=1"],
  ["User-Agent", "curl/8"],
  ["X-Other", "o"],
  ["Content-Type", "application/json"],
  ["Grpc-Metadata-Shelf", "fiction"],
  ["X-Forwarded-For", "192.0.2.1"],
].flat();

test("the standard preset passes its list and nothing else", () => {
  assert.deepEqual(lines("standard", request, {}, "198.51.100.9"), [
    "authorization: Bearer t",
    "accept-language: de",
    "x-request-id: r1",
    "idempotency-key: k1",
    "traceparent: 00-1",
    "tracestate: a=1",
  ]);
});

test("the grpc-gateway preset prefixes permanent headers, strips Grpc-Metadata- and adds who forwarded", () => {
  assert.deepEqual(lines("grpc-gateway", request, {}, "198.51.100.9"), [
    "authorization: Bearer t",
    "grpcgateway-authorization: Bearer t",
    "grpcgateway-accept-language: de",
    "grpcgateway-cookie: c=1",
    "grpcgateway-user-agent: curl/8",
    "grpcgateway-content-type: application/json",
    "shelf: fiction",
    "x-forwarded-host: api.example.com",
    "x-forwarded-for: 192.0.2.1, 198.51.100.9",
  ]);
});

test("the grpc-gateway preset prefers X-Forwarded-Host and knows :authority", () => {
  assert.deepEqual(lines("grpc-gateway", [":authority", "h2.example.com"]), [
    "x-forwarded-host: h2.example.com",
  ]);
  assert.deepEqual(lines("grpc-gateway", ["host", "a", "x-forwarded-host", "b"]), [
    "x-forwarded-host: b",
  ]);
});

test("repeated headers stay apart and in order", () => {
  assert.deepEqual(lines("grpc-gateway", ["Grpc-Metadata-A", "1", "grpc-metadata-a", "2, 3"]), [
    "a: 1",
    "a: 2, 3",
  ]);
});

test("what hooks made of a header is what counts", () => {
  assert.deepEqual(afterHooks({ "x-user": "alice" }), ["x-user: alice"]);
  assert.deepEqual(afterHooks({ "x-user": "alice" }, "accept", "*/*"), ["x-user: alice"]);
  assert.deepEqual(afterHooks({}), []);
  assert.deepEqual(afterHooks({ "x-user": undefined }), []);
  assert.deepEqual(afterHooks({ "x-user": ["alice", "bob"] }), ["x-user: alice", "x-user: bob"]);
  const twice = ["x-user", "mallory", "x-user", "eve"];
  assert.deepEqual(afterHooks({ "x-user": "alice, bob" }, ...twice), ["x-user: alice, bob"]);
  assert.deepEqual(afterHooks({ "x-user": "mallory" }, ...twice), ["x-user: mallory"]);
});

test("a name that a hook wrote in capitals is the same header, and wins", () => {
  for (const headers of [
    { "x-user": "mallory", "X-User": "alice" },
    { "X-User": "alice", "x-user": "mallory" },
  ]) {
    assert.deepEqual(afterHooks(headers), ["x-user: alice"]);
  }
  assert.deepEqual(afterHooks({ "x-user": "mallory", "X-User": undefined }), []);
});

test("x-forwarded-for and x-forwarded-host are those that hooks left", () => {
  const sent = ["host", "evil.example", "x-forwarded-for", "6.6.6.6", "x-forwarded-host", "evil"];
  assert.deepEqual(lines("grpc-gateway", sent, {}, "192.0.2.9", { host: "good.example" }), [
    "x-forwarded-host: good.example",
    "x-forwarded-for: 192.0.2.9",
  ]);
  const headers = { host: "a", "x-forwarded-for": "192.0.2.7", "x-forwarded-host": "b" };
  assert.deepEqual(lines("grpc-gateway", sent, {}, "192.0.2.9", headers), [
    "x-forwarded-host: b",
    "x-forwarded-for: 192.0.2.7, 192.0.2.9",
  ]);
});

test("rules allow, deny and rename, in any case of letters", () => {
  const rules: HeaderRules = {
    allow: ["X-Other", "x-acme-*"],
    deny: ["X-ACME-Secret", "authorization", "renamed-away"],
    rename: (name) =>
      ({ "x-tenant": "tenant-id", "x-gone": "renamed-away", "x-loud": "LOUD" })[name],
  };
  assert.deepEqual(
    lines(
      "standard",
      [
        ["x-other", "o"],
        ["X-Acme-Color", "red"],
        ["X-Acme-Secret", "s"],
        ["Authorization", "t"],
        ["X-Tenant", "t1"],
        ["X-Gone", "g"],
        ["X-Loud", "l"],
        ["X-Else", "e"],
      ].flat(),
      rules,
    ),
    ["x-other: o", "x-acme-color: red", "tenant-id: t1", "loud: l"],
  );
});

test("no rule lets a header through that could harm a call or its connection", () => {
  const harmful = [
    ":path",
    "connection",
    "content-length",
    "content-type",
    "content-encoding",
    "grpc-encoding",
    "grpc-status",
    "grpc-timeout",
    "host",
    "http2-settings",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
  ];
  for (const name of harmful) {
    assert.deepEqual(lines("standard", [name, "x"], { allow: ["*"] }), [], name);
    assert.deepEqual(lines("standard", ["x-in", "x"], { rename: () => name }), [], name);
    assert.deepEqual(lines("grpc-gateway", [`Grpc-Metadata-${name}`, "x"]), [], name);
  }
});

test("keys and values that metadata cannot carry are skipped", () => {
  const headers = ["grpc-metadata-", "1", "grpc-metadata-a!", "2", "grpc-metadata-b", "é", "", "3"];
  assert.deepEqual(lines("grpc-gateway", headers), []);
});

const binary: readonly [value: string, hex: readonly string[] | undefined][] = [
  ["AAH/", ["0001ff"]],
  ["AAE=", ["0001"]],
  ["AAE", ["0001"]],
  ["AA==", ["00"]],
  ["AA", ["00"]],
  ["", [""]],
  ["AAE, AA==", ["0001", "00"]],
  ["A", undefined],
  ["AA=", undefined],
  ["AAA==", undefined],
  ["A-_A", undefined],
  ["not base64!", undefined],
];
for (const [value, hex] of binary) {
  test(`a -bin header of ${JSON.stringify(value)} is ${hex === undefined ? "a 400" : `bytes ${hex.join(", ")}`}`, () => {
    const headers = ["Grpc-Metadata-X-Bin", value];
    if (hex !== undefined) {
      assert.deepEqual(
        lines("grpc-gateway", headers),
        hex.map((bytes) => `x-bin: ${bytes}`),
      );
      return;
    }
    assert.throws(
      () => lines("grpc-gateway", headers),
      (error) =>
        error instanceof StatusError &&
        error.status.code === Code.INVALID_ARGUMENT &&
        error.origin === "gateway" &&
        error.message.includes("grpc-metadata-x-bin"),
    );
  });
}

test("names that clients invent are not remembered without bound", () => {
  let asked = 0;
  const metadata = compileRequestMetadata("standard", {
    rename(name) {
      asked += 1;
      return name;
    },
  });
  const send = (headers: Headers) => metadata({ headers, rawHeaders: [] });
  send({ "x-known": "1" });
  for (let i = 0; i < 2_000; i++) send({ [`x-${i}`]: "1" });
  send({ "x-known": "1", "x-1999": "1" });
  assert.equal(asked, 2_002);
});

test("a malformed pattern is refused by name", () => {
  assert.throws(
    () => compileRequestMetadata("standard", { allow: ["a*b"] }),
    /"a\*b" is no header/,
  );
  assert.throws(() => compileRequestMetadata("standard", { deny: [""] }), /"" is no header name/);
});

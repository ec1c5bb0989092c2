import assert from "node:assert/strict";
import { request } from "node:http";
import { test } from "node:test";
import type { Metadata } from "@grpc/grpc-js";
import { listen } from "../shop.ts";
import { echoApp } from "./echo.ts";

// grpc-gateway v2.30 runtime/context.go and handler.go.

const rules = { Read: { get: "/v1/{text}" }, Fail: { get: "/v1/{text}:fail" } };

test("B1 to B6: makes metadata of request headers", async (t) => {
  const calls: Metadata[] = [];
  const app = await echoApp(t, rules, { behaviour: { onMetadata: (one) => calls.push(one) } });
  const permanent = {
    accept: "a/b",
    "cache-control": "no-cache",
    cookie: "a=b",
    from: "a@b",
    "if-match": "x",
    origin: "https://a.example",
    referer: "https://b.example",
    "user-agent": "test",
    via: "1.1 a",
  };
  const response = await app.inject({
    url: "/v1/x",
    remoteAddress: "10.0.0.9",
    headers: {
      ...permanent,
      authorization: "Bearer t",
      host: "shop.example",
      "x-other": "no",
      traceparent: "no",
      "accept-encoding": "gzip",
      "grpc-metadata-foo-bar": ["one", "two"],
      "grpc-metadata-raw-bin": "AQI",
      "grpc-metadata-padded-bin": "AQI=",
      "grpc-metadata-odd": "\u00e9",
      "x-forwarded-for": "10.0.0.1",
    },
  });
  assert.equal(response.statusCode, 200);
  const [metadata] = calls;
  const values = (key: string) => metadata?.get(key).map(String);
  for (const [name, value] of Object.entries(permanent)) {
    assert.deepEqual(values(`grpcgateway-${name}`), [value], name);
  }
  assert.deepEqual(values("authorization"), ["Bearer t"]);
  assert.deepEqual(values("grpcgateway-authorization"), ["Bearer t"]);
  for (const name of ["x-other", "traceparent", "accept-encoding", "host", "odd"]) {
    assert.deepEqual(values(name), [], name);
    assert.deepEqual(values(`grpcgateway-${name}`), [], name);
  }
  assert.deepEqual(values("foo-bar")?.join().split(/, ?/), ["one", "two"]);
  assert.deepEqual(metadata?.get("raw-bin"), [Buffer.from([1, 2])]);
  assert.deepEqual(metadata?.get("padded-bin"), [Buffer.from([1, 2])]);
  assert.deepEqual(values("x-forwarded-host"), ["shop.example"]);
  assert.deepEqual(values("x-forwarded-for"), ["10.0.0.1, 10.0.0.9"]);
});

test("B6: passes a forwarded host on", async (t) => {
  const calls: Metadata[] = [];
  const app = await echoApp(t, rules, { behaviour: { onMetadata: (one) => calls.push(one) } });
  await app.inject({ url: "/v1/x", headers: { "x-forwarded-host": "public.example" } });
  assert.deepEqual(calls[0]?.get("x-forwarded-host"), ["public.example"]);
  assert.deepEqual(calls[0]?.get("x-forwarded-for"), ["127.0.0.1"]);
});

test("B4, B7: refuses binary headers that are no base64, and malformed timeouts", async (t) => {
  const app = await echoApp(t, rules);
  for (const [name, value] of [
    ["grpc-metadata-x-bin", "%"],
    ["grpc-metadata-x-bin", "AQ="],
    ["grpc-timeout", "5"],
    ["grpc-timeout", "S"],
    ["grpc-timeout", "5x"],
  ] as const) {
    const response = await app.inject({ url: "/v1/x", headers: { [name]: value } });
    assert.equal(response.statusCode, 400, value);
    assert.equal(response.json().code, 3);
    assert.match(response.json().message, /^invalid (binary header|grpc-timeout)/i);
  }
  for (const unit of ["H", "M", "S", "m", "u", "n"]) {
    const headers = { "grpc-timeout": `99999999${unit}` };
    assert.equal((await app.inject({ url: "/v1/x", headers })).statusCode, 200, unit);
  }
});

const headers = [
  ["shelf", "one"],
  ["shelf", "two"],
  ["raw-bin", Buffer.from([251, 255])],
  ["www-authenticate", "Basic"],
] as const;

test("B9, B10, B17: answers header metadata, on errors as well, and bytes as base64", async (t) => {
  const behaviour = { headers, error: { code: 5, details: "gone" } };
  const app = await echoApp(t, rules, { behaviour });
  for (const [url, statusCode] of [
    ["/v1/x", 200],
    ["/v1/x:fail", 404],
  ] as const) {
    const response = await app.inject(url);
    assert.equal(response.statusCode, statusCode);
    assert.deepEqual(response.headers["grpc-metadata-shelf"], ["one", "two"]);
    assert.equal(response.headers["grpc-metadata-raw-bin"], "+/8=");
    assert.equal(response.headers["www-authenticate"], undefined);
    assert.equal(response.headers["grpc-metadata-www-authenticate"], "Basic");
  }
});

test("B11: answers trailers to clients that take them, on errors as well", async (t) => {
  const behaviour = { trailers: [["took", "5"]] as const, error: { code: 5, details: "gone" } };
  const app = await echoApp(t, rules, { behaviour });
  for (const url of ["/v1/x", "/v1/x:fail"]) {
    const taking = await app.inject({ url, headers: { te: "deflate, Trailers" } });
    assert.equal(taking.trailers["grpc-trailer-took"], "5", url);
    assert.equal(taking.headers["grpc-metadata-took"], undefined);
    assert.deepEqual((await app.inject(url)).trailers, {});
  }
});

test("keeps repeated headers of a socket in order (B2)", async (t) => {
  const calls: Metadata[] = [];
  const app = await echoApp(t, rules, { behaviour: { onMetadata: (one) => calls.push(one) } });
  const sent = { "Grpc-Metadata-Foo": ["one", "two"], "X-Forwarded-For": ["a", "b"] };
  await new Promise((resolve, reject) =>
    listen(app).then((origin) =>
      request(`${origin}/v1/x`, { headers: sent }, (response) =>
        response.resume().on("end", resolve),
      )
        .on("error", reject)
        .end(),
    ),
  );
  assert.deepEqual(calls[0]?.get("foo"), ["one", "two"]);
  assert.deepEqual(calls[0]?.get("x-forwarded-for"), ["a, b, 127.0.0.1"]);
});

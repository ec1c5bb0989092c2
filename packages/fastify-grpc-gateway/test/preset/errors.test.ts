import assert from "node:assert/strict";
import { test } from "node:test";
import { echoApp } from "./echo.ts";

// grpc-gateway v2.30 runtime/errors.go.

const rules = { Fail: { get: "/v1/{text}" } };

const statuses: readonly number[] = [
  499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401,
];

test("B13, B14: answers a google.rpc.Status with the HTTP status of its code", async (t) => {
  for (const [index, statusCode] of statuses.entries()) {
    const code = index + 1;
    const app = await echoApp(t, rules, { behaviour: { error: { code, details: "why" } } });
    const response = await app.inject("/v1/x");
    assert.equal(response.statusCode, statusCode, `code ${code}`);
    assert.equal(response.headers["content-type"], "application/json");
    const { message, ...rest } = response.json();
    assert.deepEqual(rest, { code, details: [] });
    // The messages of UNKNOWN, INTERNAL and DATA_LOSS stay inside, as in every preset.
    if (![2, 13, 15].includes(code)) assert.equal(message, "why");
  }
});

test("B16: answers an error without a code 500, as UNKNOWN", async (t) => {
  const app = await echoApp(t, rules, { behaviour: { error: { details: "boom" } } });
  const response = await app.inject("/v1/x");
  assert.equal(response.statusCode, 500);
  assert.equal(response.json().code, 2);
});

test("B15: makes the message of UNAUTHENTICATED the challenge", async (t) => {
  const challenge = 'Bearer realm="a", error="invalid_token"';
  const behaviour = { error: { code: 16, details: challenge } };
  const app = await echoApp(t, rules, { behaviour });
  assert.equal((await app.inject("/v1/x")).headers["www-authenticate"], challenge);
  const standard = await echoApp(t, rules, { behaviour, preset: "standard" });
  assert.equal((await standard.inject("/v1/x")).headers["www-authenticate"], "Bearer");
});

test("B15: makes no header of a message that could break one", async (t) => {
  for (const details of [
    "a\r\nset-cookie: b=c",
    "a\nb",
    "\u0000",
    "h\u00e9",
    "x".repeat(5000),
    "",
  ]) {
    const app = await echoApp(t, rules, { behaviour: { error: { code: 16, details } } });
    const response = await app.inject("/v1/x");
    assert.equal(response.statusCode, 401);
    assert.equal(response.headers["www-authenticate"], "Bearer");
    assert.equal(response.headers["set-cookie"], undefined);
  }
});

test("B15: leaves the challenge of a hook alone", async (t) => {
  const app = await echoApp(t, rules);
  app.addHook("onRequest", async () => {
    const headers = { "www-authenticate": "Basic" };
    throw Object.assign(new Error("who are you?"), { statusCode: 401, headers });
  });
  assert.equal((await app.inject("/v1/x")).headers["www-authenticate"], "Basic");
});

test("B20: answers a request that cannot be decoded 400, naming the field", async (t) => {
  const app = await echoApp(t, { Read: { get: "/v1/{number}" } });
  for (const [url, field] of [
    ["/v1/x", "number"],
    ["/v1/1?inner.flag=x", "inner.flag"],
    ["/v1/1?numbers=x", "numbers"],
  ] as const) {
    const response = await app.inject(url);
    assert.equal(response.statusCode, 400);
    assert.equal(response.json().code, 3);
    assert.ok(response.json().message.startsWith(`${field}: `), response.json().message);
  }
});

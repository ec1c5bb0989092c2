import assert from "node:assert/strict";
import { test } from "node:test";
import { echoApp } from "./echo.ts";

// grpc-gateway v2.30 runtime/handler.go and marshal_jsonpb.go.

test("B47: answers 200 with every field, names in lowerCamel, enums by name, int64 as text", async (t) => {
  const app = await echoApp(t, { Read: { post: "/v1" }, Nothing: { get: "/v1/nothing" } });
  const response = await app.inject({ method: "POST", url: "/v1?long=5&color=1" });
  assert.equal(response.statusCode, 200);
  assert.equal(response.headers["content-type"], "application/json");
  const message = response.json();
  assert.equal(message.long, "5");
  assert.equal(message.color, "RED");
  assert.deepEqual([message.text, message.number, message.words, message.labels], ["", 0, [], {}]);
  assert.deepEqual([message.inner, message.time, message.boxed], [null, null, null]);
  assert.ok(!("left" in message || "right" in message));
  assert.equal((await app.inject("/v1/nothing")).body, "{}");
});

const fields: readonly [field: string, query: string, value: unknown][] = [
  ["words", "words=a&words=b", ["a", "b"]],
  ["words", "", []],
  ["labels", "labels[a]=b", { a: "b" }],
  ["text", "text=x", "x"],
  ["text", "", ""],
  ["boxed", "boxed=5", 5],
];

test("B48: answers the bare value of response_body", async (t) => {
  for (const [field, query, value] of fields) {
    await t.test(`${field} of ?${query}`, async (t) => {
      const app = await echoApp(t, { Read: { get: "/v1", response_body: field } });
      assert.deepEqual((await app.inject(`/v1?${query}`)).json(), value);
    });
  }
});

test("B49: answers an HttpBody as it is, and reads one as JSON", async (t) => {
  const app = await echoApp(t, { Upload: { post: "/v1/files", body: "*" } });
  const payload = { contentType: "image/png", data: "/wAK" };
  const response = await app.inject({ method: "POST", url: "/v1/files", payload });
  assert.equal(response.headers["content-type"], "image/png");
  assert.deepEqual(response.rawPayload, Buffer.from([255, 0, 10]));
});

test("B58: binds no method without a rule", async (t) => {
  const app = await echoApp(t, { Nothing: { get: "/v1" } });
  assert.equal((await app.inject({ method: "POST", url: "/echo.v1.Echo/Send" })).statusCode, 404);
});

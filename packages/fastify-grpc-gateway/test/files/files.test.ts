import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { FileStore, filesApp, ways } from "./files-service.ts";

const png = { contentType: "image/png" };
const bytes = randomBytes(300_000);

/** A store with one file in three messages, of which only the first tells its type. */
function storeOf(name: string): FileStore {
  const store = new FileStore();
  const parts = [bytes.subarray(0, 10), bytes.subarray(10, 200_000), bytes.subarray(200_000)];
  store.files.set(name, {
    parts: parts.map((data, i) => (i === 0 ? { ...png, data } : { data })),
  });
  return store;
}

for (const way of ways) {
  for (const [kind, path, length] of [
    ["one message", "/v1/get/a", 10],
    ["a field of one message", "/v1/get-nested/a", 10],
    ["a stream", "/v1/read/a", bytes.length],
    ["a field of a stream's messages", "/v1/read-nested/a", bytes.length],
  ] as const) {
    test(`${way}: ${kind} is downloaded byte for byte, with its own content type`, async (t) => {
      const app = await filesApp(t, storeOf("a"), way);
      const response = await app.inject(path);
      assert.equal(response.statusCode, 200);
      assert.equal(response.headers["content-type"], "image/png");
      assert.ok(response.rawPayload.equals(bytes.subarray(0, length)));
    });
  }

  for (const [kind, url, name, sizes] of [
    ["one message", "/v1/put", "", [300_000]],
    ["a field of one message", "/v1/put/a", "a", [300_000]],
  ] as const) {
    test(`${way}: a body is uploaded as ${kind}, byte for byte, with its content type`, async (t) => {
      const app = await filesApp(t, new FileStore(), way);
      const headers = { "content-type": "image/png" };
      const response = await app.inject({ method: "PUT", url, headers, payload: bytes });
      assert.deepEqual(response.json(), {
        name,
        contentType: "image/png",
        sizes,
        data: bytes.toString("base64"),
      });
    });
  }

  for (const [kind, url, name] of [
    ["a stream", "/v1/write", ""],
    ["a field of a stream's messages", "/v1/write/a", "a"],
  ] as const) {
    test(`${way}: a body is uploaded as ${kind} of \`streaming.chunkBytes\` at most`, async (t) => {
      const app = await filesApp(t, new FileStore(), way, { streaming: { chunkBytes: 1000 } });
      const headers = { "content-type": "image/png" };
      const response = await app.inject({ method: "PUT", url, headers, payload: bytes });
      const stored = response.json();
      assert.equal(stored.data, bytes.toString("base64"));
      assert.deepEqual([stored.name, stored.contentType], [name, "image/png"]);
      assert.ok(stored.sizes.length >= 300);
      assert.ok(Math.max(...stored.sizes) <= 1000);
    });
  }

  test(`${way}: a body of both directions passes through a bidi stream`, async (t) => {
    const app = await filesApp(t, new FileStore(), way);
    const headers = { "content-type": "image/png" };
    const response = await app.inject({
      method: "POST",
      url: "/v1/convert",
      headers,
      payload: bytes,
    });
    assert.equal(response.headers["content-type"], "image/png");
    assert.ok(response.rawPayload.equals(bytes));
  });
}

test("an empty file is uploaded as one message, which has its name and type", async (t) => {
  const app = await filesApp(t, new FileStore());
  const headers = { "content-type": "image/png", "content-length": "0" };
  for (const url of ["/v1/put/a", "/v1/write/a"]) {
    const response = await app.inject({ method: "PUT", url, headers });
    const empty = { name: "a", contentType: "image/png", sizes: [0], data: "" };
    assert.deepEqual(response.json(), empty, url);
  }
  // Without a type Fastify knows of no body at all.
  const untyped = await app.inject({ method: "PUT", url: "/v1/write/a" });
  assert.deepEqual(untyped.json(), { name: "a", contentType: "", sizes: [0], data: "" });
});

test("a body of one message is bounded by `limits.maxBodyBytes`", async (t) => {
  const app = await filesApp(t, new FileStore(), "in-process", {
    limits: { maxBodyBytes: bytes.length - 1 },
  });
  const request = { method: "PUT", headers: { "content-type": "image/png" } } as const;
  const unary = await app.inject({ ...request, url: "/v1/put", payload: bytes });
  assert.equal(unary.statusCode, 413);
  const streamed = await app.inject({ ...request, url: "/v1/write", payload: bytes });
  assert.equal(streamed.statusCode, 200);
});

test("the first message may have a type and no data", async (t) => {
  const store = new FileStore();
  store.files.set("a", { parts: [{ contentType: "text/csv" }, { data: Buffer.from("1,2") }] });
  store.files.set("b", { parts: [{ contentType: "text/csv" }] });
  const app = await filesApp(t, store);
  for (const [path, body] of [
    ["/v1/read/a", "1,2"],
    ["/v1/read/b", ""],
    ["/v1/get/b", ""],
  ] as const) {
    const response = await app.inject(path);
    assert.deepEqual([response.headers["content-type"], response.body], ["text/csv", body]);
  }
});

test("a stream without any message is an empty file", async (t) => {
  const store = new FileStore();
  store.files.set("a", { parts: [] });
  const response = await (await filesApp(t, store)).inject("/v1/read/a");
  assert.deepEqual(
    [response.statusCode, response.headers["content-type"], response.body],
    [200, "application/octet-stream", ""],
  );
});

for (const contentType of [
  "text/html\r\nset-cookie: a=b",
  "image/png\u0000",
  "text/plain; charset=ütf-8",
  `text/plain; a=${"b".repeat(5000)}`,
  "",
]) {
  const shown = JSON.stringify(contentType.slice(0, 30));
  test(`the content type ${shown} becomes application/octet-stream`, async (t) => {
    const store = new FileStore();
    store.files.set("a", { parts: [{ contentType, data: Buffer.from("x") }] });
    const app = await filesApp(t, store);
    for (const path of ["/v1/get/a", "/v1/read/a"]) {
      const { headers, body } = await app.inject(path);
      assert.deepEqual([headers["content-type"], body], ["application/octet-stream", "x"]);
      assert.equal(headers["set-cookie"], undefined);
    }
  });
}

for (const contentType of ["application/json", "text/plain", "text/html; charset=latin1"]) {
  test(`the content type ${contentType} stays as the service has it`, async (t) => {
    const store = new FileStore();
    store.files.set("a", { parts: [{ contentType, data: Buffer.from("{}") }] });
    const app = await filesApp(t, store);
    for (const path of ["/v1/get/a", "/v1/read/a"]) {
      const { headers, body } = await app.inject(path);
      assert.deepEqual([headers["content-type"], body], [contentType, "{}"]);
    }
  });
}

test("lengths and encodings among a service's metadata are not those of the answer", async (t) => {
  const store = storeOf("a");
  const file = store.files.get("a") ?? { parts: [] };
  store.files.set("a", {
    ...file,
    metadata: { "content-length": "7", "content-encoding": "gzip", "transfer-encoding": "gzip" },
  });
  const app = await filesApp(t, store, "in-process", {
    headers: { response: { allow: ["content-*", "transfer-*"] } },
  });
  const streamed = await app.inject("/v1/read/a");
  assert.ok(streamed.rawPayload.equals(bytes));
  assert.equal(streamed.headers["content-length"], undefined);
  assert.equal(streamed.headers["content-encoding"], undefined);
  const unary = await app.inject("/v1/get/a");
  assert.equal(unary.headers["content-length"], "10");
});

test('the preset "grpc-gateway" adds no byte to a streamed file either', async (t) => {
  const app = await filesApp(t, storeOf("a"), "in-process", { preset: "grpc-gateway" });
  const response = await app.inject("/v1/read/a");
  assert.equal(response.headers["content-type"], "image/png");
  assert.ok(response.rawPayload.equals(bytes));
});

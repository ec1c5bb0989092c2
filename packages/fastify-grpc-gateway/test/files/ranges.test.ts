import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import compress from "@fastify/compress";
import type { FastifyInstance } from "fastify";
import { whenStill } from "../when-still.ts";
import { FileStore, filesApp, type HttpBody, type StoredFile, ways } from "./files-service.ts";

const bytes = randomBytes(1000);

function storeOf(file: Partial<StoredFile> = {}): FileStore {
  const store = new FileStore();
  const parts = [
    { contentType: "text/csv", data: bytes.subarray(0, 600) },
    { data: bytes.subarray(600) },
  ];
  store.files.set("a", { parts, hasRanges: true, metadata: { etag: '"1"' }, ...file });
  return store;
}

for (const way of ways) {
  for (const path of ["/v1/read/a", "/v1/get/a"]) {
    test(`${way}: a part of ${path} is answered where the method declares ranges`, async (t) => {
      const store = storeOf();
      const app = await filesApp(t, store, way);
      const headers = { range: "bytes=10-19", "if-range": '"1"' };
      const response = await app.inject({ url: path, headers });
      assert.equal(response.statusCode, 206);
      assert.equal(response.headers["content-range"], "bytes 10-19/1000");
      assert.equal(response.headers["accept-ranges"], "bytes");
      assert.equal(response.headers["content-type"], "text/csv");
      assert.equal(response.headers.etag, '"1"');
      assert.equal(response.headers["x-http-code"], undefined);
      assert.ok(response.rawPayload.equals(bytes.subarray(10, 20)));
      const [asked] = store.asked;
      assert.deepEqual(asked?.get("range"), ["bytes=10-19"]);
      assert.deepEqual(asked?.get("if-range"), ['"1"']);
    });
  }

  test(`${way}: a part that is not there is 416, with the size`, async (t) => {
    const app = await filesApp(t, storeOf(), way);
    const headers = { range: "bytes=1000-" };
    for (const url of ["/v1/read/a", "/v1/get/a"]) {
      const response = await app.inject({ url, headers });
      assert.equal(response.statusCode, 416);
      assert.equal(response.headers["content-range"], "bytes */1000");
      assert.equal(response.json().message, "no such part");
    }
  });
}

test("the whole says that parts can be had; a service may answer it to a Range", async (t) => {
  const app = await filesApp(t, storeOf({ hasRanges: false }));
  for (const headers of [{}, { range: "bytes=10-19" }]) {
    const response = await app.inject({ url: "/v1/read/a", headers });
    assert.equal(response.statusCode, 200);
    assert.equal(response.headers["accept-ranges"], "bytes");
    assert.ok(response.rawPayload.equals(bytes));
  }
});

test("a method that declares no ranges hears of none, and says none", async (t) => {
  const store = storeOf();
  const app = await filesApp(t, store);
  const headers = { range: "bytes=10-19" };
  const response = await app.inject({ url: "/v1/read-nested/a", headers });
  assert.equal(response.statusCode, 200);
  assert.equal(response.headers["accept-ranges"], undefined);
  assert.deepEqual(store.asked[0]?.get("range"), []);
  assert.ok(response.rawPayload.equals(bytes));
});

test("`streaming.ranges` names downloads whose protos cannot say it", async (t) => {
  const app = await filesApp(t, storeOf(), "in-process", {
    streaming: { ranges: ["files.v1.Files.ReadNested"] },
  });
  const response = await app.inject({ url: "/v1/read-nested/a", headers: { range: "bytes=5-" } });
  assert.equal(response.statusCode, 206);
  assert.ok(response.rawPayload.equals(bytes.subarray(5)));
});

test("a Range counts for GET alone, and `if-range` beside it alone", async (t) => {
  const store = storeOf();
  const app = await filesApp(t, store);
  await app.inject({ method: "HEAD", url: "/v1/read/a", headers: { range: "bytes=1-2" } });
  await app.inject({ url: "/v1/read/a", headers: { "if-range": '"1"' } });
  for (const asked of store.asked) {
    assert.deepEqual([asked.get("range"), asked.get("if-range")], [[], []]);
  }
});

for (const [what, range, metadata] of [
  ["was not asked for", undefined, { "x-http-code": "206", "content-range": "bytes 0-1/9" }],
  ["is not told", "bytes=0-1", { "x-http-code": "206" }],
  ["is told wrong", "bytes=0-1", { "x-http-code": "206", "content-range": "bytes 5-1/9" }],
  ["goes beyond the end", "bytes=0-1", { "content-range": "bytes 0-9/9" }],
] as const) {
  test(`a part that ${what} is the upstream's failure, not a spoilt file`, async (t) => {
    const app = await filesApp(t, storeOf({ hasRanges: false, metadata }));
    for (const url of ["/v1/read/a", "/v1/get/a"]) {
      const response = await app.inject({ url, headers: range === undefined ? {} : { range } });
      assert.equal(response.statusCode, 502, url);
      assert.equal(response.headers["content-range"], undefined);
      assert.equal(response.headers["accept-ranges"], undefined);
    }
  });
}

test("several parts at once tell themselves", async (t) => {
  const app = await filesApp(
    t,
    storeOf({
      hasRanges: false,
      metadata: { "x-http-code": "206" },
      parts: [{ contentType: "multipart/byteranges; boundary=b", data: Buffer.from("--b--") }],
    }),
  );
  const headers = { range: "bytes=0-1,4-5" };
  const response = await app.inject({ url: "/v1/read/a", headers });
  assert.deepEqual([response.statusCode, response.body], [206, "--b--"]);
  assert.equal(response.headers["content-range"], undefined);
});

test("OUT_OF_RANGE without a Range is answered by the error table", async (t) => {
  const failure = { code: 11, details: "page 9" };
  const app = await filesApp(t, storeOf({ parts: [], failure, hasRanges: false }));
  assert.equal((await app.inject("/v1/read/a")).statusCode, 400);
});

test("a file that @fastify/compress packs offers no parts; a part is not packed", async (t) => {
  const store = storeOf();
  const packed = (scope: FastifyInstance) => scope.register(compress);
  const large = storeOf({ parts: [{ contentType: "text/csv", data: Buffer.alloc(5000) }] });
  const app = await filesApp(t, store, "in-process", {}, packed);
  const whole = await app.inject({ url: "/v1/read/a", headers: { "accept-encoding": "gzip" } });
  assert.equal(whole.headers["content-encoding"], "gzip");
  assert.equal(whole.headers["accept-ranges"], undefined);
  assert.ok(gunzipSync(whole.rawPayload).equals(bytes));
  const options = { url: "/v1/get/a", headers: { "accept-encoding": "gzip" } };
  const unary = await (await filesApp(t, large, "in-process", {}, packed)).inject(options);
  assert.equal(unary.headers["content-encoding"], "gzip");
  assert.equal(unary.headers["accept-ranges"], undefined);
  const headers = { "accept-encoding": "gzip", range: "bytes=0-9" };
  const part = await app.inject({ url: "/v1/read/a", headers });
  assert.equal(part.statusCode, 206);
  assert.equal(part.headers["content-encoding"], undefined);
  assert.ok(part.rawPayload.equals(bytes.subarray(0, 10)));
});

test("HEAD of a stream has the head of the file, or the failure to read it", async (t) => {
  const store = storeOf({ metadata: { etag: '"1"', "content-disposition": "attachment" } });
  for (const way of ways) {
    const app = await filesApp(t, store, way);
    const response = await app.inject({ method: "HEAD", url: "/v1/read/a" });
    const { headers } = response;
    assert.deepEqual([response.statusCode, response.body], [200, ""]);
    assert.deepEqual(
      [headers["content-type"], headers["content-disposition"], headers["accept-ranges"]],
      ["text/csv", "attachment", "bytes"],
    );
    assert.equal(headers["content-length"], undefined);
    assert.equal((await app.inject({ method: "HEAD", url: "/v1/read/none" })).statusCode, 404);
  }
});

test("the service of a HEAD stops soon behind the first message", async (t) => {
  let made = 0;
  function* parts(): Generator<HttpBody> {
    for (; made < 10_000; made++) yield { data: Buffer.alloc(64 * 1024) };
  }
  for (const way of ways) {
    made = 0;
    const store = storeOf({ parts: parts(), hasRanges: false });
    const app = await filesApp(t, store, way);
    assert.equal((await app.inject({ method: "HEAD", url: "/v1/read/a" })).statusCode, 200);
    await store.cancelled;
    assert.ok((await whenStill(() => made)) < 100, `${made} messages`);
  }
});

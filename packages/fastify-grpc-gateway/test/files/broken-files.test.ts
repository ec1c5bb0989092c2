import assert from "node:assert/strict";
import { connect } from "node:net";
import { Transform } from "node:stream";
import { test } from "node:test";
import type { FastifyInstance } from "fastify";
import { answerOf } from "../rest-clients.ts";
import { FileStore, failingType, filesApp, type StoredFile, ways } from "./files-service.ts";

const data = Buffer.from("the beginning");
const failure = { code: 15, details: "the disk is gone" };

function storeOf(file: StoredFile): FileStore {
  const store = new FileStore();
  store.files.set("a", file);
  return store;
}

/** The bytes of an answer over HTTP/1.0, and whether its connection was reset. */
async function overHttp10(
  app: FastifyInstance,
  path: string,
): Promise<{ text: string; isReset: boolean }> {
  await app.listen({ port: 0, host: "127.0.0.1" });
  const address = app.server.address();
  const socket = connect(typeof address === "object" ? (address?.port ?? 0) : 0, "127.0.0.1");
  const chunks: Buffer[] = [];
  let isReset = false;
  socket.on("data", (chunk) => chunks.push(chunk));
  socket.on("error", () => {
    isReset = true;
  });
  socket.write(`GET ${path} HTTP/1.0\r\n\r\n`);
  await new Promise((resolve) => socket.once("close", resolve));
  return { text: Buffer.concat(chunks).toString(), isReset };
}

for (const way of ways) {
  for (const version of ["HTTP/1.1", "HTTP/2"] as const) {
    for (const onError of ["abort", "end"] as const) {
      test(`${way}: a file that fails after its beginning breaks off over ${version}, streaming.onError "${onError}"`, async (t) => {
        const store = storeOf({ parts: [{ data }], failure });
        const app = await filesApp(t, store, way, { streaming: { onError } });
        const answer = await answerOf(t, app, "/v1/read/a", {}, version);
        assert.deepEqual(answer, { statusCode: 200, body: data.toString(), isWhole: false });
      });
    }
  }

  test(`${way}: a file that fails before its first message is answered by the error table`, async (t) => {
    const app = await filesApp(t, storeOf({ parts: [], failure }), way);
    const response = await app.inject("/v1/read/a");
    assert.equal(response.statusCode, 500);
    assert.equal(response.json().code, failure.code);
  });
}

test("a file that fails behind a message without data is not taken for an empty one", async (t) => {
  const app = await filesApp(t, storeOf({ parts: [{ contentType: "text/csv" }], failure }));
  await app.listen({ port: 0, host: "127.0.0.1" });
  for (const version of ["HTTP/1.1", "HTTP/2"] as const) {
    const answer = await answerOf(t, app, "/v1/read/a", {}, version).catch(() => undefined);
    assert.ok(answer === undefined || !answer.isWhole, version);
  }
});

test("over HTTP/1.0 a file is whole where the connection ends, and reset where it failed", async (t) => {
  const whole = await overHttp10(await filesApp(t, storeOf({ parts: [{ data }] })), "/v1/read/a");
  assert.match(whole.text, /\r\n\r\nthe beginning$/);
  assert.ok(!whole.isReset);
  assert.doesNotMatch(whole.text, /transfer-encoding/i);
  const failing = await filesApp(t, storeOf({ parts: [{ data }], failure }));
  const broken = await overHttp10(failing, "/v1/read/a");
  assert.ok(broken.isReset);
  assert.doesNotMatch(broken.text, /disk/);
});

test("a hook of onSend may put another stream in the file's place, which breaks off with it", async (t) => {
  const upperCase = (scope: FastifyInstance): void => {
    scope.addHook("onSend", async (_request, _reply, payload) => {
      if (typeof (payload as NodeJS.ReadableStream)?.pipe !== "function") return payload;
      const transform = new Transform({
        transform: (chunk, _encoding, done) => done(null, String(chunk).toUpperCase()),
      });
      (payload as NodeJS.ReadableStream).on("error", (error) => transform.destroy(error));
      return (payload as NodeJS.ReadableStream).pipe(transform);
    });
  };
  const whole = await filesApp(t, storeOf({ parts: [{ data }] }), "in-process", {}, upperCase);
  assert.equal((await answerOf(t, whole, "/v1/read/a")).body, "THE BEGINNING");
  const failing = storeOf({ parts: [{ data }], failure });
  const broken = await filesApp(t, failing, "in-process", {}, upperCase);
  // Nothing may have come out of the hook's stream by then.
  const answer = await answerOf(t, broken, "/v1/read/a").catch(() => undefined);
  assert.ok(answer === undefined || !answer.isWhole);
});

test("an upload over HTTP/1.1 that goes on behind a broken answer is cut as well", {
  timeout: 10_000,
}, async (t) => {
  const app = await filesApp(t, new FileStore());
  await app.listen({ port: 0, host: "127.0.0.1" });
  const address = app.server.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  // It does not close its side at the end of the other.
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  const closed = new Promise((resolve) => socket.once("close", resolve));
  let text = "";
  socket.on("data", (chunk) => {
    text += chunk;
  });
  socket.on("error", () => {});
  socket.write(
    "POST /v1/convert HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n" +
      `content-type: ${failingType}\r\n\r\n5\r\nfirst\r\n`,
  );
  const more = setInterval(() => socket.write("4\r\nmore\r\n"), 20);
  await closed;
  clearInterval(more);
  assert.match(text, /first\r\n$/);
});

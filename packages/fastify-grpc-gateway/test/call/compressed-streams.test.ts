import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { PassThrough, type Readable, Transform } from "node:stream";
import { type TestContext, test } from "node:test";
import zlib from "node:zlib";
import compress from "@fastify/compress";
import type { FastifyInstance } from "fastify";
import { type FeedCall, FeedLog, feedApp } from "../events/feed-service.ts";
import { connectHttp2 } from "../one-port/http-clients.ts";
import { whenStill } from "../when-still.ts";

const decoders: Readonly<Record<string, () => Transform>> = {
  gzip: () => zlib.createGunzip(),
  deflate: () => zlib.createInflate(),
  br: () => zlib.createBrotliDecompress(),
};

interface Answer {
  readonly encoding: string | undefined;
  readonly body: Readable;
  /** Resolves to whether the body came to its end. */
  readonly isWhole: Promise<boolean>;
  leave(): void;
}

/** Resolves when a stream has closed, also by an error. */
function closed(stream: Readable): Promise<void> {
  return new Promise((resolve) => void stream.on("error", () => {}).on("close", resolve));
}

type Get = (t: TestContext, port: number, headers: Record<string, string>) => Promise<Answer>;

const path = "/v1/red/follow";

const clients: Readonly<Record<string, Get>> = {
  async "HTTP/1.1"(t, port, headers) {
    const request = http.get({ host: "127.0.0.1", port, path, headers });
    t.after(() => request.destroy());
    const [response] = (await once(request, "response")) as [http.IncomingMessage];
    return {
      encoding: response.headers["content-encoding"],
      body: response,
      isWhole: closed(response).then(() => response.complete),
      leave: () => request.destroy(),
    };
  },
  async "HTTP/2"(t, port, headers) {
    const stream = connectHttp2(t, { secure: false }, port).request({ ":path": path, ...headers });
    const [head] = await once(stream, "response");
    return {
      encoding: head["content-encoding"],
      body: stream,
      isWhole: closed(stream).then(() => stream.rstCode === 0),
      leave: () => stream.close(8),
    };
  },
};

/** An app whose answers @fastify/compress compresses, all of them. */
async function compressedApp(
  t: TestContext,
  log: FeedLog,
): Promise<{ app: FastifyInstance; port: number }> {
  const app = await feedApp(t, log, {}, (scope) =>
    scope.register(compress, { customTypes: () => true }),
  );
  await app.listen({ port: 0, host: "127.0.0.1" });
  return { app, port: (app.server.address() as AddressInfo).port };
}

/** What is decoded of a body, as it comes. */
class Decoded {
  text = "";
  readonly #stream: Readable;

  constructor({ body }: Answer, decoder: Transform) {
    // A body that breaks off ends the decoder in the middle: what it had is what counts.
    this.#stream = decoder.on("error", () => {});
    body.on("close", () => decoder.end());
    body.pipe(decoder);
  }

  /** Resolves once the text holds this. */
  async has(part: string): Promise<void> {
    while (!this.text.includes(part)) {
      const [chunk] = await once(this.#stream, "data");
      this.text += chunk;
    }
  }
}

const formats = ["application/x-ndjson", "application/json", "text/event-stream"];

for (const [version, get] of Object.entries(clients)) {
  for (const [encoding, decoder] of Object.entries(decoders)) {
    for (const accept of formats) {
      test(`${version}: each message of ${accept} in ${encoding} is read before the next is sent`, {
        timeout: 5_000,
      }, async (t) => {
        const log = new FeedLog();
        let send: FeedCall | undefined;
        log.run = (call) => {
          send = call;
          call.write({ label: "message 1" });
        };
        const { port } = await compressedApp(t, log);
        const answer = await get(t, port, { accept, "accept-encoding": encoding });
        assert.equal(answer.encoding, encoding);
        const decoded = new Decoded(answer, decoder());
        for (let i = 1; i <= 5; i++) {
          await decoded.has(`message ${i}`);
          if (i < 5) send?.write({ label: `message ${i + 1}` });
        }
        send?.end();
        assert.equal(await answer.isWhole, true);
      });
    }

    test(`${version}: a stream in ${encoding} that fails tells it, and breaks off`, {
      timeout: 5_000,
    }, async (t) => {
      const log = new FeedLog();
      log.run = (call) => {
        call.write({ label: "first" });
        call.emit("error", { code: 9, details: "no more of this" });
      };
      const { port } = await compressedApp(t, log);
      const answer = await get(t, port, { "accept-encoding": encoding });
      const decoded = new Decoded(answer, decoder());
      await decoded.has("no more of this");
      assert.match(decoded.text, /first/);
      assert.equal(await answer.isWhole, false);
    });
  }

  test(`${version}: a client that does not read a compressed stream stops the service, and one that leaves ends the call`, {
    timeout: 10_000,
  }, async (t) => {
    const log = new FeedLog();
    let written = 0;
    let cancelled = Promise.resolve<unknown>(undefined);
    log.run = async (call) => {
      cancelled = once(call, "cancelled");
      while (!call.cancelled) {
        // Random text: what compresses to nothing says nothing of the bytes on their way.
        const label = randomBytes(48 * 1024).toString("base64");
        written += label.length;
        if (!call.write({ label })) await once(call, "drain").catch(() => {});
      }
    };
    const { port } = await compressedApp(t, log);
    const answer = await get(t, port, { "accept-encoding": "gzip" });
    answer.body.pause();
    const still = await whenStill(() => written);
    assert.ok(still < 16 * 1024 * 1024, `${still} bytes`);
    answer.leave();
    await cancelled;
  });

  test(`${version}: a stream that is not compressed stays itself`, {
    timeout: 5_000,
  }, async (t) => {
    const log = new FeedLog();
    log.run = (call) => {
      call.write({ label: "plain" });
      call.end();
    };
    const { port } = await compressedApp(t, log);
    const answer = await get(t, port, { "accept-encoding": "identity" });
    assert.equal(answer.encoding, undefined);
    await new Decoded(answer, new PassThrough()).has('"label":"plain"');
    assert.equal(await answer.isWhole, true);
  });

  test(`${version}: a hook of the route that makes something else of a body has the body`, {
    timeout: 5_000,
  }, async (t) => {
    const log = new FeedLog();
    log.run = (call) => {
      call.write({ label: "quiet" });
      call.end();
    };
    const upper = (): Transform =>
      new Transform({
        transform: (chunk, _encoding, done) => done(null, String(chunk).toUpperCase()),
      });
    const app = await feedApp(t, log, {}, (scope) => {
      scope.addHook("onRoute", (route) => {
        route.onSend = async (_request, _reply, payload) => (payload as Readable).pipe(upper());
      });
    });
    await app.listen({ port: 0, host: "127.0.0.1" });
    const answer = await get(t, (app.server.address() as AddressInfo).port, {});
    await new Decoded(answer, new PassThrough()).has('"LABEL":"QUIET"');
    assert.equal(await answer.isWhole, true);
  });
}

import assert from "node:assert/strict";
import { Transform } from "node:stream";
import { type TestContext, test } from "node:test";
import { brotliCompressSync, createGunzip, deflateSync, gzipSync } from "node:zlib";
import compress from "@fastify/compress";
import Fastify, { type FastifyInstance } from "fastify";
import grpcGateway from "fastify-grpc-gateway";
import { connectHttp2, requestHttp1, requestHttp2 } from "../one-port/http-clients.ts";
import { listen, ShopLog, shopProto, shopServer } from "../shop.ts";

const plain = { secure: false };

/** An app that was prepared before it got its gateway, and what its service was asked. */
async function preparedApp(
  t: TestContext,
  prepare: (app: FastifyInstance) => unknown,
): Promise<{ port: number; log: ShopLog }> {
  const log = new ShopLog();
  const app = Fastify({ bodyLimit: 10_000 });
  t.after(() => app.close());
  await prepare(app);
  await app.register(grpcGateway, { proto: shopProto, upstream: await shopServer(log) });
  return { port: Number(new URL(await listen(app)).port), log };
}

function post(
  t: TestContext,
  protocol: string,
  port: number,
  encoding: string,
  body: Buffer,
  length = true,
) {
  const headers = {
    "content-type": "application/json",
    "content-encoding": encoding,
    ...(length && { "content-length": body.length }),
  };
  const path = "/v1/items?itemId=7";
  if (protocol === "HTTP/1.1") {
    return requestHttp1(plain, port, path, { method: "POST", headers, body: body as never });
  }
  const session = connectHttp2(t, plain, port);
  return requestHttp2(session, { ":method": "POST", ":path": path, ...headers }, body);
}

const item = Buffer.from('{"price":"5"}');
const encodings = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync };

for (const protocol of ["HTTP/1.1", "HTTP/2"]) {
  for (const [encoding, encode] of Object.entries(encodings)) {
    for (const length of [true, false]) {
      const which = length ? "with" : "without";
      test(`${protocol}: a ${encoding} body ${which} content-length that @fastify/compress decoded is read`, async (t) => {
        const { port, log } = await preparedApp(t, (app) => app.register(compress));
        const response = await post(t, protocol, port, encoding, encode(item), length);
        assert.equal(response.statusCode, 200, response.body.toString());
        assert.equal((log.requests[0] as { item: { price: string } }).item.price, "5");
      });
    }
  }

  test(`${protocol}: a body that grows over the limit when it is decoded is 413`, async (t) => {
    const { port, log } = await preparedApp(t, (app) => app.register(compress));
    const bomb = gzipSync(JSON.stringify({ tags: ["x".repeat(1_000_000)] }));
    assert.ok(bomb.length < 10_000);
    const response = await post(t, protocol, port, "gzip", bomb);
    assert.equal(response.statusCode, 413);
    assert.equal(log.requests.length, 0);
  });

  test(`${protocol}: an encoded body that nothing decoded is 415`, async (t) => {
    const { port, log } = await preparedApp(t, () => {});
    const response = await post(t, protocol, port, "gzip", gzipSync(item));
    assert.equal(response.statusCode, 415);
    assert.equal(response.headers["accept-encoding"], "identity");
    assert.equal(log.requests.length, 0);
  });
}

test("an encoded body that a preParsing hook only looked at is 415", async (t) => {
  let seen = 0;
  const { port } = await preparedApp(t, (app) => {
    app.addHook("preParsing", async (_request, _reply, payload) => {
      const through = new Transform({
        transform(chunk, _encoding, done) {
          seen += chunk.length;
          done(null, chunk);
        },
      });
      return payload.pipe(through);
    });
  });
  const body = gzipSync(item);
  assert.equal((await post(t, "HTTP/1.1", port, "gzip", body)).statusCode, 415);
  assert.equal(seen, body.length);
});

test("a body of a decoder that removed the header is read", async (t) => {
  const { port } = await preparedApp(t, (app) => {
    app.addHook("preParsing", async (request, _reply, payload) => {
      delete request.headers["content-encoding"];
      delete request.headers["content-length"];
      return payload.pipe(createGunzip());
    });
  });
  assert.equal((await post(t, "HTTP/1.1", port, "gzip", gzipSync(item))).statusCode, 200);
});

test("a body that is not what its encoding says is a 400", async (t) => {
  const { port, log } = await preparedApp(t, (app) => app.register(compress));
  assert.equal((await post(t, "HTTP/1.1", port, "gzip", item)).statusCode, 400);
  assert.equal(log.requests.length, 0);
});

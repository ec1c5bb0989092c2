import assert from "node:assert/strict";
import { once } from "node:events";
import { type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import {
  type CallOptions,
  Client,
  credentials,
  Metadata,
  Server,
  ServerCredentials,
  type ServiceError,
  status,
} from "@grpc/grpc-js";
import Fastify, { type FastifyInstance } from "fastify";
import grpcGateway, { type FastifyGrpcGatewayOptions } from "fastify-grpc-gateway";
import { listen, shopProto } from "../shop.ts";

const serving = Buffer.from([8, 1]);
const notServing = Buffer.from([8, 2]);
const serviceUnknown = Buffer.from([8, 3]);
const same = (bytes: Buffer): Buffer => bytes;

/** A HealthCheckRequest. */
function named(service: string): Buffer {
  return Buffer.concat([Buffer.from([0x0a, service.length]), Buffer.from(service)]);
}

function clientOf(t: TestContext, url: string): Client {
  const client = new Client(new URL(url).host, credentials.createInsecure(), {
    "grpc.enable_retries": 0,
  });
  t.after(() => client.close());
  return client;
}

/** The status of a service, or the code that the check failed with. */
function check(client: Client, request: Buffer, metadata = new Metadata()): Promise<unknown> {
  const options: CallOptions = { deadline: Date.now() + 10_000 };
  const path = "/grpc.health.v1.Health/Check";
  return new Promise((resolve) =>
    client.makeUnaryRequest(path, same, same, request, metadata, options, (error, answer) =>
      resolve(error ? (error as ServiceError).code : answer),
    ),
  );
}

interface Started {
  readonly app: FastifyInstance;
  readonly url: string;
  readonly client: Client;
}

async function start(
  t: TestContext,
  health: FastifyGrpcGatewayOptions["health"],
  upstream: FastifyGrpcGatewayOptions["upstream"],
  before?: (app: FastifyInstance) => void,
): Promise<Started> {
  const app = Fastify();
  t.after(() => app.close());
  before?.(app);
  await app.register(grpcGateway, {
    proto: shopProto,
    upstream,
    ...(health !== undefined && { health }),
  });
  const url = await listen(app);
  return { app, url, client: clientOf(t, url) };
}

/** An upstream with, or without, a health service of its own. */
async function upstreamServer(
  t: TestContext,
  answer?: () => { readonly status: Buffer } | { readonly code: status } | undefined,
): Promise<{ readonly target: string; readonly server: Server; readonly asked: () => number }> {
  const server = new Server();
  let asked = 0;
  if (answer !== undefined) {
    server.register(
      "/grpc.health.v1.Health/Check",
      ((_call: unknown, callback: (error: object | null, value?: Buffer) => void) => {
        asked += 1;
        const said = answer();
        if (said === undefined) return;
        if ("status" in said) callback(null, said.status);
        else callback({ code: said.code, details: "no" });
      }) as never,
      same,
      same,
      "unary",
    );
  }
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  t.after(() => server.forceShutdown());
  return { target: `127.0.0.1:${port}`, server, asked: () => asked };
}

async function page(url: string, path: string): Promise<readonly [number, string]> {
  const response = await fetch(url + path);
  return [response.status, await response.text()];
}

test("without the option there are no pages, and health checks go to the server", async (t) => {
  const server = new Server();
  server.register(
    "/grpc.health.v1.Health/Check",
    ((_call: unknown, callback: (error: null, value: Buffer) => void) =>
      callback(null, notServing)) as never,
    same,
    same,
    "unary",
  );
  const { url, client } = await start(t, undefined, server);
  assert.equal((await page(url, "/healthz"))[0], 404);
  assert.equal((await page(url, "/readyz"))[0], 404);
  assert.deepEqual(await check(client, named("")), notServing);
});

test("with it the gateway answers by pages and natively, whatever its upstream does", async (t) => {
  const { url, client } = await start(t, true, "127.0.0.1:1");
  assert.deepEqual(await page(url, "/healthz"), [200, '{"status":"SERVING"}']);
  assert.deepEqual(await page(url, "/readyz"), [200, '{"status":"SERVING"}']);
  assert.deepEqual(await check(client, named("")), serving);
  assert.deepEqual(await check(client, Buffer.alloc(0)), serving);
  assert.deepEqual(await check(client, named("shop.v1.Shop")), serving);
  assert.equal(await check(client, named("shop.v1.None")), status.NOT_FOUND);
  assert.equal(await check(client, Buffer.from([0xff])), status.INVALID_ARGUMENT);
  assert.equal(
    await check(client, named("x".repeat(100)).subarray(0, 50)),
    status.INVALID_ARGUMENT,
  );
});

test("an upstream that is required decides by its own health check", async (t) => {
  let said = serving;
  const { target, asked } = await upstreamServer(t, () => ({ status: said }));
  const { url, client } = await start(t, { requireUpstream: true }, target);
  assert.equal((await page(url, "/readyz"))[0], 200);
  assert.deepEqual(await check(client, named("")), serving);
  // Askers share an answer for a second.
  assert.equal(asked(), 1);
  said = notServing;
  await delay(1_050);
  assert.deepEqual(await page(url, "/readyz"), [503, '{"status":"NOT_SERVING"}']);
  assert.equal((await page(url, "/healthz"))[0], 200);
  assert.deepEqual(await check(client, named("shop.v1.Shop")), notServing);
});

test("an upstream that knows no health checks is ready if it answers", async (t) => {
  const { target } = await upstreamServer(t);
  const { url } = await start(t, { requireUpstream: true }, target);
  assert.equal((await page(url, "/readyz"))[0], 200);
});

test("an upstream that is gone, hangs, or says that it is unavailable is not ready", async (t) => {
  const hanging = await upstreamServer(t, () => undefined);
  const unavailable = await upstreamServer(t, () => ({ code: status.UNAVAILABLE }));
  for (const target of ["127.0.0.1:1", hanging.target, unavailable.target]) {
    const health = { requireUpstream: true, checkTimeoutMs: 200 };
    const { url } = await start(t, health, target);
    assert.equal((await page(url, "/readyz"))[0], 503, target);
    assert.equal((await page(url, "/healthz"))[0], 200, target);
  }
});

test("close makes the app unready at once, and lets it take calls until its time is over", async (t) => {
  const server = new Server();
  const { app, url, client } = await start(t, { preStopDelayMs: 600 }, server);
  const watched: Buffer[] = [];
  const path = "/grpc.health.v1.Health/Watch";
  const watch = client.makeServerStreamRequest(path, same, same, named(""));
  watch.on("error", () => {});
  watch.on("data", (answer: Buffer) => watched.push(answer));
  const ended = new Promise<status>((resolve) => watch.on("status", ({ code }) => resolve(code)));
  await once(watch, "data");
  const began = performance.now();
  const closed = app.close();
  assert.deepEqual(await page(url, "/readyz"), [503, '{"status":"NOT_SERVING"}']);
  assert.deepEqual(await page(url, "/healthz"), [200, '{"status":"SERVING"}']);
  assert.deepEqual(await check(client, named("")), notServing);
  assert.equal(await ended, status.UNAVAILABLE);
  assert.deepEqual(watched, [serving, notServing]);
  await closed;
  assert.ok(performance.now() - began >= 590);
  await assert.rejects(fetch(`${url}/healthz`));
});

test("an app that does not listen closes without a delay", async (t) => {
  const app = Fastify();
  await app.register(grpcGateway, {
    proto: shopProto,
    upstream: new Server(),
    health: { preStopDelayMs: 60_000 },
  });
  await app.ready();
  await app.close();
  // By callback as well.
  const other = Fastify();
  t.after(() => other.close());
  await other.register(grpcGateway, { proto: shopProto, upstream: new Server(), health: true });
  await other.ready();
  await new Promise<void>((resolve) => other.close(resolve));
});

test("those who watch a service that nobody has are told so, and are not cut off", async (t) => {
  const { client } = await start(t, true, new Server());
  const path = "/grpc.health.v1.Health/Watch";
  const watch = client.makeServerStreamRequest(path, same, same, named("none"));
  const [first] = await once(watch, "data");
  assert.deepEqual(first, serviceUnknown);
  watch.on("error", () => {});
  watch.cancel();
});

test("gateways tell the app's health together, on one pair of pages", async (t) => {
  const app = Fastify();
  t.after(() => app.close());
  const health = { requireUpstream: true, checkTimeoutMs: 200 };
  await app.register(grpcGateway, { proto: shopProto, upstream: new Server(), health: true });
  await app.register(grpcGateway, {
    proto: shopProto,
    prefix: "/other",
    nativeGrpc: false,
    upstream: "127.0.0.1:1",
    health,
  });
  const url = await listen(app);
  assert.equal((await page(url, "/readyz"))[0], 503);
  assert.equal((await page(url, "/healthz"))[0], 200);
});

test("hooks guard the pages as any route, and native checks run through none", async (t) => {
  const { url, client } = await start(t, true, new Server(), (app) => {
    app.addHook("onRequest", async () => {
      throw Object.assign(new Error("who?"), { statusCode: 401 });
    });
  });
  assert.equal((await page(url, "/readyz"))[0], 401);
  assert.deepEqual(await check(client, named("")), serving);
});

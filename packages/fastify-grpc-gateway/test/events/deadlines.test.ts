import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { credentials, type Metadata, makeGenericClientConstructor, status } from "@grpc/grpc-js";
import type { FastifyGrpcGatewayOptions } from "fastify-grpc-gateway";
import { restClients } from "../rest-clients.ts";
import { FeedLog, feedApp, remoteFeed } from "./feed-service.ts";

type DeadlineOptions = NonNullable<FastifyGrpcGatewayOptions["deadline"]>;

function answering(): FeedLog {
  const log = new FeedLog();
  log.answer = (_call, respond) => respond(null, {});
  return log;
}

/** Milliseconds that a call had, as its service saw it; some of them are gone by then. */
function assertLeft(log: FeedLog, most: number, least = most - 10_000): void {
  const left = log.timesLeft.at(-1) ?? Number.NaN;
  assert.ok(left <= most && left > least, `${left} ms of ${most}`);
}

async function ask(
  t: TestContext,
  log: FeedLog,
  deadline: DeadlineOptions,
  url: string,
  headers: Record<string, string> = {},
): Promise<number> {
  const app = await feedApp(t, log, { deadline });
  return (await app.inject({ url, headers })).statusCode;
}

test("a method's deadline ends its call, and no other method's", { timeout: 5_000 }, async (t) => {
  const log = new FeedLog();
  assert.equal(await ask(t, log, {}, "/v1/red/change"), 504);
  assertLeft(log, 40, 0);
  await ask(t, log, {}, "/v1/red/follow");
  assertLeft(log, 3_600_000);
});

test("a client's timeout goes before the method's deadline, shorter or longer", async (t) => {
  const log = answering();
  await ask(t, log, {}, "/v1/red/change", { "grpc-timeout": "20S" });
  assertLeft(log, 20_000);
});

test("the option goes before the annotation, and a name before a prefix, the longer before the shorter", async (t) => {
  const log = answering();
  const methods = {
    "*": 100_000,
    "feed.*": 200_000,
    "feed.v1.Feed.*": 300_000,
    "feed.v1.Feed.Get": 400_000,
  };
  await ask(t, log, { methods }, "/v1/red/change");
  assertLeft(log, 400_000);
  await ask(t, log, { methods }, "/v1/red/follow");
  assertLeft(log, 300_000);
  const { "feed.v1.Feed.Get": _one, "feed.v1.Feed.*": _all, ...shorter } = methods;
  await ask(t, log, { methods: shorter }, "/v1/red/change");
  assertLeft(log, 200_000);
});

test("maxMs bounds a method's deadline", async (t) => {
  const log = answering();
  const methods = { "feed.v1.Feed.Get": Number.POSITIVE_INFINITY };
  await ask(t, log, { methods, maxMs: 50_000 }, "/v1/red/change");
  assertLeft(log, 50_000);
});

test("a name that is no method, or the start of none, keeps the gateway from starting", async (t) => {
  for (const name of ["feed.v1.Feed.Gone", "feed.v2.*", "feed.v1.Feed"]) {
    await assert.rejects(feedApp(t, new FeedLog(), { deadline: { methods: { [name]: 5 } } }), {
      code: "FST_GRPC_OPTION",
      message: /deadline\.methods": "feed\.\S+" is no method; there are feed\.v1\.Feed\.Watch, /,
    });
  }
  await assert.rejects(feedApp(t, new FeedLog(), { deadline: { methods: { "feed.*.Get": 5 } } }), {
    code: "FST_GRPC_OPTION",
    message: /a name in option "deadline\.methods" must be a method, or a prefix/,
  });
});

test("a header that the option names is a timeout, behind grpc-timeout; others are not", async (t) => {
  const log = answering();
  const deadline = { headers: ["X-Request-Timeout", "x-other-timeout-ms"] };
  const sent = (headers: Record<string, string>): Promise<number> =>
    ask(t, log, deadline, "/v1/red/change", headers);
  await sent({ "x-request-timeout": "25.5" });
  assertLeft(log, 25_500);
  await sent({ "x-other-timeout-ms": "26500" });
  assertLeft(log, 26_500);
  await sent({ "x-request-timeout": "25.5", "grpc-timeout": "50S" });
  assertLeft(log, 50_000);
  assert.equal(await sent({ "x-request-timeout": "soon" }), 400);
  await ask(t, log, {}, "/v1/red/change", { "x-request-timeout": "25.5" });
  assertLeft(log, 40, 0);
});

for (const [version, connect] of Object.entries(restClients)) {
  test(`${version}: a header of any case, or one sent twice, harms no other call`, async (t) => {
    const log = answering();
    const app = await feedApp(t, log, { deadline: { headers: ["x-request-timeout"] } });
    const port = Number(new URL(await app.listen({ port: 0, host: "127.0.0.1" })).port);
    const client = connect(t, port);
    t.after(() => client.close());
    const twice = { "x-request-timeout": ["1", "2"] } as unknown as Record<string, string>;
    const [first, second] = await Promise.all([
      client.start("/v1/red/change", twice).answer,
      client.start("/v1/red/change", { "X-Request-Timeout": "30" }).answer,
    ]);
    assert.deepEqual([first.statusCode, second.statusCode], [400, 200]);
    assert.match(first.body, /invalid x-request-timeout \\"1, 2\\"/);
    assertLeft(log, 30_000);
  });
}

const NativeClient = makeGenericClientConstructor({}, "feed");

/** The status of a native call on an app's port. */
async function nativeCall(
  t: TestContext,
  port: number,
  path: string,
  deadline?: number,
): Promise<number> {
  const client = new NativeClient(`127.0.0.1:${port}`, credentials.createInsecure());
  t.after(() => client.close());
  const bytes = (value: Buffer): Buffer => value;
  return new Promise((resolve) => {
    client.makeUnaryRequest(
      path,
      bytes,
      bytes,
      Buffer.alloc(0),
      deadline === undefined ? {} : { deadline },
      (error: { code: number; metadata: Metadata } | null) => resolve(error?.code ?? status.OK),
    );
  });
}

test("a native call that is passed on has the method's deadline, unless its client names one", {
  timeout: 5_000,
}, async (t) => {
  const log = new FeedLog();
  const app = await feedApp(t, log, { upstream: await remoteFeed(t, log) });
  const port = Number(new URL(await app.listen({ port: 0, host: "127.0.0.1" })).port);
  assert.equal(await nativeCall(t, port, "/feed.v1.Feed/Get"), status.DEADLINE_EXCEEDED);
  assertLeft(log, 40, -1_000);
  const bounded = await feedApp(t, log, {
    upstream: await remoteFeed(t, log),
    deadline: { methods: { "feed.v1.Feed.Get": 3_600_000 }, maxMs: 60 },
  });
  const other = Number(new URL(await bounded.listen({ port: 0, host: "127.0.0.1" })).port);
  assert.equal(await nativeCall(t, other, "/feed.v1.Feed/Get"), status.DEADLINE_EXCEEDED);
  log.answer = (_call, respond) => respond(null, {});
  assert.equal(await nativeCall(t, port, "/feed.v1.Feed/Get", Date.now() + 20_000), status.OK);
  assertLeft(log, 20_000);
});

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { type TestContext, test } from "node:test";
import type { FastifyInstance, FastifyServerOptions } from "fastify";
import grpcTelemetry, { type AccessLogOptions } from "fastify-grpc-telemetry";
import { type DepotOptions, depotApp, ways } from "./depot.ts";
import { rawClients } from "./raw-clients.ts";
import { installSdk } from "./sdk.ts";

type Line = Readonly<Record<string, unknown>> & { readonly msg: string };

interface Logged {
  readonly app: FastifyInstance;
  readonly port: number;
  readonly lines: readonly Line[];
  /** Resolves once so many lines of calls are there. */
  calls(count: number): Promise<readonly Line[]>;
}

async function loggedApp(
  t: TestContext,
  accessLog: boolean | AccessLogOptions = true,
  { fastify, before, ...options }: DepotOptions = {},
): Promise<Logged> {
  const lines: Line[] = [];
  const awaiting: (() => void)[] = [];
  const stream = {
    write(text: string) {
      lines.push(JSON.parse(text));
      for (const resolve of awaiting.splice(0)) resolve();
    },
  };
  const settings: FastifyServerOptions = { logger: { stream }, ...fastify };
  const { app, port } = await depotApp(t, {
    ...options,
    fastify: settings,
    async before(app) {
      await before?.(app);
      await app.register(grpcTelemetry, { accessLog });
    },
  });
  const callsOf = (): Line[] => lines.filter(({ msg }) => msg.startsWith("grpc call"));
  return {
    app,
    port,
    lines,
    async calls(count) {
      while (callsOf().length < count) await new Promise<void>((done) => awaiting.push(done));
      return callsOf();
    },
  };
}

const native = rawClients["native gRPC"];

for (const [name, way] of Object.entries(ways)) {
  test(`${name}: a REST call has one line, with where its time went and what was sent`, async (t) => {
    const { port, calls } = await loggedApp(t, true, { way });
    await (await fetch(`http://127.0.0.1:${port}/v1/things/tea`)).text();
    const [line, ...rest] = await calls(1);
    assert.deepEqual(rest, []);
    const { time, pid, hostname, durationMs, splitMs, ...said } = line as Line;
    assert.deepEqual(said, {
      level: 30,
      reqId: "req-1",
      gateway: "default",
      grpc: { method: "/depot.v1.Depot/Get", code: "OK" },
      http: { method: "GET", route: "/v1/things/{name}", status: 200 },
      peer: "127.0.0.1",
      messagesIn: 1,
      messagesOut: 1,
      bytesIn: 5,
      bytesOut: 5,
      msg: "grpc call",
    });
    const split = splitMs as Record<string, number>;
    assert.deepEqual(Object.keys(split), ["queue", "transcodeIn", "upstream", "transcodeOut"]);
    const sum = Object.values(split).reduce((a, b) => a + b);
    assert.ok(sum > 0 && sum <= (durationMs as number) + 0.01, `${sum} of ${durationMs}`);
  });

  test(`${name}: a native call has a line of the same shape`, async (t) => {
    const { port, calls } = await loggedApp(t, true, { way });
    await native?.({ port, isStream: true, headers: {} }).over;
    const [line, ...rest] = await calls(1);
    assert.deepEqual(rest, []);
    const { time, pid, hostname, durationMs, splitMs, peer, ...said } = line as Line;
    assert.deepEqual(said, {
      level: 30,
      gateway: "default",
      grpc: { method: "/depot.v1.Depot/Watch", code: "OK" },
      messagesIn: 1,
      messagesOut: 2,
      bytesIn: 5,
      bytesOut: 10,
      msg: "grpc call",
    });
    assert.match(String(peer), /^127\.0\.0\.1:\d+$/);
    assert.deepEqual(Object.keys(splitMs as object), ["queue", "upstream"]);
  });
}

test("a stream over REST tells its messages, and how long they took to encode", async (t) => {
  const { port, calls } = await loggedApp(t);
  await (await fetch(`http://127.0.0.1:${port}/v1/things/tea:watch`)).text();
  const [line] = (await calls(1)) as [Line];
  assert.equal(line.messagesOut, 2);
  assert.equal(typeof (line.splitMs as Record<string, number>).transcodeOut, "number");
});

test("a call that a hook refuses has a line as well, on every protocol", async (t) => {
  const { port, calls } = await loggedApp(t, true, {
    before(app) {
      app.addHook("onRequest", async () => {
        throw Object.assign(new Error("who?"), { statusCode: 401 });
      });
    },
  });
  await (await fetch(`http://127.0.0.1:${port}/v1/things/tea`)).text();
  await native?.({ port, isStream: false, headers: {} }).over;
  const codes = (await calls(2)).map(({ grpc }) => (grpc as { readonly code: string }).code);
  assert.deepEqual(codes, ["UNAUTHENTICATED", "UNAUTHENTICATED"]);
});

test("nothing is logged where the app does not want requests logged, unless it is always", async (t) => {
  const fastify = { disableRequestLogging: true };
  for (const [always, count] of [
    [false, 0],
    [true, 2],
  ] as const) {
    const { app, port, lines } = await loggedApp(t, { always }, { fastify });
    await (await fetch(`http://127.0.0.1:${port}/v1/things/tea`)).text();
    await native?.({ port, isStream: false, headers: {} }).over;
    await app.close();
    assert.equal(lines.filter(({ msg }) => msg === "grpc call").length, count);
    // Then it is the only line of a request.
    assert.deepEqual(
      lines.filter(({ msg }) => /request|completed/.test(msg)),
      [],
    );
  }
});

test("a line has the ids of the call's own span, and without an SDK those that the client sent", async (t) => {
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const ask = (port: number) =>
    fetch(`http://127.0.0.1:${port}/v1/things/tea`, { headers: { traceparent } });
  const bare = await loggedApp(t);
  await (await ask(bare.port)).text();
  const [sent] = await bare.calls(1);
  assert.equal(sent?.traceId, "0af7651916cd43dd8448eb211c80319c");
  assert.equal(sent?.spanId, "b7ad6b7169203331");
  const sdk = installSdk(t);
  const traced = await loggedApp(t);
  await (await ask(traced.port)).text();
  const [own] = await traced.calls(1);
  const server = (await sdk.ended(2)).at(-1);
  assert.equal(own?.traceId, "0af7651916cd43dd8448eb211c80319c");
  assert.equal(own?.spanId, server?.spanContext().spanId);
});

test("headers are logged by name, secrets never", async (t) => {
  const names = ["User-Agent", "Authorization", "cookie", "x-api-key", "token-bin", "absent"];
  const { port, calls } = await loggedApp(t, { headers: names });
  const secret = "c2VjcmV0";
  await fetch(`http://127.0.0.1:${port}/v1/things/tea`, {
    headers: {
      "user-agent": "tests",
      authorization: secret,
      cookie: secret,
      "x-api-key": secret,
      "token-bin": secret,
    },
  });
  const [line] = await calls(1);
  assert.deepEqual(line?.headers, {
    "user-agent": "tests",
    authorization: "[redacted]",
    cookie: "[redacted]",
    "x-api-key": "[redacted]",
    "token-bin": "[redacted]",
  });
  assert.doesNotMatch(JSON.stringify(line), new RegExp(secret));
});

test("the identity is logged by option: as it is, of claims their sub, or hashed by a key", async (t) => {
  const hash = createHmac("sha256", "k").update("alice").digest("hex").slice(0, 32);
  for (const [identity, accessLog, expected] of [
    ["alice", true, undefined],
    ["alice", { identity: true }, "alice"],
    [{ sub: "alice", mail: "a@b" }, { identity: true }, "alice"],
    [{ mail: "a@b" }, { identity: true }, undefined],
    ["alice", { identity: "hash", hashKey: "k" }, hash],
  ] as const) {
    const { port, calls } = await loggedApp(t, accessLog, {
      gateway: { policies: [() => ({ identity })] },
    });
    await (await fetch(`http://127.0.0.1:${port}/v1/things/tea`)).text();
    await native?.({ port, isStream: false, headers: {} }).over;
    const identities = (await calls(2)).map((line) => line.identity);
    assert.deepEqual(identities, [expected, expected]);
  }
});

test("without an access log, the gateway's own line stays", async (t) => {
  installSdk(t);
  const { port, calls } = await loggedApp(t, false);
  await (await fetch(`http://127.0.0.1:${port}/v1/things/tea`)).text();
  const [line, ...rest] = await calls(1);
  assert.equal(line?.msg, "grpc call completed");
  assert.deepEqual(rest, []);
});

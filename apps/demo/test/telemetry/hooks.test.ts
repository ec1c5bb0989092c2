import assert from "node:assert/strict";
import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { test } from "node:test";
import { SpanKind, trace } from "@opentelemetry/api";
import type { FastifyInstance } from "fastify";
import grpcTelemetry from "fastify-grpc-telemetry";
import { depotApp } from "./depot.ts";
import { rawClients } from "./raw-clients.ts";
import { installSdk } from "./sdk.ts";

function activeId(): string | undefined {
  return trace.getActiveSpan()?.spanContext().spanId;
}

test("hooks run inside the call's span, whoever was registered first, with a body too, on every protocol", async (t) => {
  const sdk = installSdk(t);
  const seen: (string | undefined)[] = [];
  let come = (): void => {};
  const hasCome = new Promise<void>((resolve) => {
    come = resolve;
  });
  const { port } = await depotApp(t, {
    before(app) {
      app.addHook("onRequest", async () => come());
      for (const name of ["onRequest", "preValidation", "preHandler"] as const) {
        app.addHook(name, async () => void seen.push(activeId()));
      }
    },
    after: (app) => app.register(grpcTelemetry),
  });
  const request = httpRequest({
    port,
    host: "127.0.0.1",
    path: "/v1/things",
    method: "POST",
    headers: { "content-type": "application/json" },
    agent: false,
  });
  request.flushHeaders();
  await hasCome;
  // The body comes by an event of its own, when the first hooks are over.
  request.end(JSON.stringify({ name: "tea" }));
  const [response] = await once(request, "response");
  response.resume();
  const [rest] = (await sdk.ended(2)).filter(({ kind }) => kind === SpanKind.SERVER);
  const restId = rest?.spanContext().spanId;
  assert.deepEqual(seen.splice(0), [restId, restId, restId]);
  await rawClients["native gRPC"]?.({ port, isStream: false, headers: {} }).over;
  const native = (await sdk.ended(3)).at(-1)?.spanContext().spanId;
  assert.deepEqual(seen, [native, native, native]);
});

test("a span that a hook has begun, and kept active, is the parent of the attempt", async (t) => {
  const sdk = installSdk(t);
  const { port } = await depotApp(t, {
    async before(app) {
      await app.register(grpcTelemetry);
      app.addHook("preHandler", (_request, _reply, done) => {
        trace.getTracer("app").startActiveSpan("guard", (span) => {
          done();
          span.end();
        });
      });
    },
  });
  await (await fetch(`http://127.0.0.1:${port}/v1/things/tea`)).text();
  const spans = await sdk.ended(3);
  const guard = spans.find(({ name }) => name === "guard");
  const attempt = spans.find(({ kind }) => kind === SpanKind.CLIENT);
  assert.equal(attempt?.parentSpanContext?.spanId, guard?.spanContext().spanId);
});

test("a call that a hook before ours refuses has its span", async (t) => {
  const sdk = installSdk(t);
  const { port } = await depotApp(t, {
    async before(app) {
      app.addHook("onRequest", async (_request, reply) => {
        await reply.code(403).send("no");
      });
      await app.register(grpcTelemetry);
    },
  });
  await (await fetch(`http://127.0.0.1:${port}/v1/things/tea`)).text();
  const [server] = await sdk.ended(1);
  assert.equal(server?.attributes["http.response.status_code"], 403);
  assert.equal(server?.attributes["rpc.status_code"], "PERMISSION_DENIED");
});

for (const order of ["before", "after"] as const) {
  test(`an upload has one server span, and counts once, where the plugin comes ${order} the gateway`, async (t) => {
    const sdk = installSdk(t);
    const { app, port } = await depotApp(t, {
      [order]: (fastify: FastifyInstance) =>
        fastify.register(grpcTelemetry, { metrics: { prometheus: true } }),
    });
    const answer = await fetch(`http://127.0.0.1:${port}/v1/things:put`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"name":"a"}\n{"name":"b"}\n',
    });
    assert.deepEqual(await answer.json(), { name: "a+b" });
    const spans = await sdk.ended(2);
    assert.deepEqual(spans.map(({ kind }) => kind).sort(), [SpanKind.SERVER, SpanKind.CLIENT]);
    assert.match(await app.grpcTelemetry.page(), /^grpc_gateway_calls_total\{.* 1$/m);
    assert.equal(sdk.open, 0);
  });
}

test("both sides of a chat stand in one span of each kind", async (t) => {
  const sdk = installSdk(t);
  const { port } = await depotApp(t, { before: (app) => app.register(grpcTelemetry) });
  const answer = await fetch(`http://127.0.0.1:${port}/v1/things:talk`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"name":"a"}\n{"name":"b"}\n',
  });
  assert.equal((await answer.text()).trim().split("\n").length, 2);
  assert.equal((await sdk.ended(2)).length, 2);
  assert.equal(sdk.open, 0);
});

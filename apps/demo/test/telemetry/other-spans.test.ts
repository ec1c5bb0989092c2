import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { type TestContext, test } from "node:test";
import { FastifyOtelInstrumentation } from "@fastify/otel";
import { SpanKind, trace } from "@opentelemetry/api";
import { HttpInstrumentation } from "@opentelemetry/instrumentation-http";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import type { FastifyInstance } from "fastify";
import grpcTelemetry from "fastify-grpc-telemetry";
import { depotApp } from "./depot.ts";
import { installSdk } from "./sdk.ts";

const instrumentation = new HttpInstrumentation({
  enabled: false,
  ignoreOutgoingRequestHook: () => true,
});

/** The real instrumentation of node:http, until the test ends. */
function instrumentHttp(t: TestContext): void {
  instrumentation.setTracerProvider(trace.getTracerProvider());
  instrumentation.enable();
  // It patches what is required from then on.
  createRequire(import.meta.url)("node:http");
  t.after(() => instrumentation.disable());
}

async function useFastifyOtel(app: FastifyInstance): Promise<void> {
  await app.register(new FastifyOtelInstrumentation().plugin());
}

function parentOf(span: ReadableSpan, spans: readonly ReadableSpan[]): ReadableSpan | undefined {
  return spans.find((other) => other.spanContext().spanId === span.parentSpanContext?.spanId);
}

function serversOf(spans: readonly ReadableSpan[]): readonly ReadableSpan[] {
  return spans.filter(({ kind }) => kind === SpanKind.SERVER);
}

function attemptOf(spans: readonly ReadableSpan[]): ReadableSpan {
  const found = spans.find(
    ({ name, kind }) => name === "depot.v1.Depot/Get" && kind === SpanKind.CLIENT,
  );
  assert.ok(found);
  return found;
}

test("within the server span of @opentelemetry/instrumentation-http no second one begins, and that has the route", async (t) => {
  const sdk = installSdk(t);
  instrumentHttp(t);
  const { port } = await depotApp(t, { before: (app) => app.register(grpcTelemetry) });
  await (await fetch(`http://127.0.0.1:${port}/v1/things/tea`)).text();
  const spans = await sdk.ended(2);
  const [server, ...rest] = serversOf(spans);
  assert.deepEqual(rest, []);
  assert.equal(server?.instrumentationScope.name, "@opentelemetry/instrumentation-http");
  assert.equal(server?.attributes["http.route"], "/v1/things/{name}");
  assert.equal(server?.attributes["rpc.method"], "depot.v1.Depot/Get");
  assert.equal(server?.attributes["rpc.status_code"], "OK");
  assert.equal(parentOf(attemptOf(spans), spans), server);
});

test("what instrumentation-http measures is not measured twice", async (t) => {
  const sdk = installSdk(t);
  const { port } = await depotApp(t, { before: (app) => app.register(grpcTelemetry) });
  await (await fetch(`http://127.0.0.1:${port}/v1/things/tea`)).text();
  await sdk.ended(2);
  instrumentHttp(t);
  await (await fetch(`http://127.0.0.1:${port}/v1/things/tea`)).text();
  await sdk.ended(4);
  const ours = (await sdk.collect()).filter(
    ({ descriptor }) => descriptor.name === "http.server.request.duration",
  );
  const counts = ours.flatMap(({ dataPoints }) =>
    dataPoints.map(({ value }) => (value as { readonly count: number }).count),
  );
  assert.deepEqual(counts, [1]);
});

for (const isFirst of [true, false]) {
  test(`a span of @fastify/otel, registered ${isFirst ? "before" : "behind"} ours, stands within the one server span`, async (t) => {
    const sdk = installSdk(t);
    const { port } = await depotApp(t, {
      async before(app) {
        if (isFirst) await useFastifyOtel(app);
        await app.register(grpcTelemetry);
        if (!isFirst) await useFastifyOtel(app);
      },
    });
    await (await fetch(`http://127.0.0.1:${port}/v1/things/tea`)).text();
    const spans = await sdk.ended(4);
    const [server, ...rest] = serversOf(spans);
    assert.deepEqual(rest, []);
    assert.equal(server?.name, "GET /v1/things/{name}");
    const request = spans.find(({ name }) => name === "request");
    assert.ok(request);
    assert.equal(parentOf(request, spans), server);
    assert.equal(attemptOf(spans).spanContext().traceId, server?.spanContext().traceId);
    // Its handler's span is the one that the call is made in.
    assert.equal(parentOf(attemptOf(spans), spans)?.name.startsWith("handler"), true);
  });
}

test("with both, instrumentation-http's is the one server span, and has our route in the end", async (t) => {
  const sdk = installSdk(t);
  instrumentHttp(t);
  const { port } = await depotApp(t, {
    async before(app) {
      await app.register(grpcTelemetry);
      await useFastifyOtel(app);
    },
  });
  await (await fetch(`http://127.0.0.1:${port}/v1/things/tea`)).text();
  const spans = await sdk.ended(4);
  const [server, ...rest] = serversOf(spans);
  assert.deepEqual(rest, []);
  assert.equal(server?.instrumentationScope.name, "@opentelemetry/instrumentation-http");
  assert.equal(server?.attributes["http.route"], "/v1/things/{name}");
});

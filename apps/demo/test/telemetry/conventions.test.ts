import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Metadata } from "@grpc/grpc-js";
import { SpanKind } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import grpcTelemetry, { type FastifyGrpcTelemetryOptions } from "fastify-grpc-telemetry";
import { depotApp } from "./depot.ts";
import { rawClients } from "./raw-clients.ts";
import { installSdk } from "./sdk.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const spanId = "b7ad6b7169203331";
const traceparent = `00-${traceId}-${spanId}-01`;

/** The server span and the service's metadata of one REST call. */
async function callWith(
  t: TestContext,
  options: FastifyGrpcTelemetryOptions,
  headers: Record<string, string>,
): Promise<{ readonly server: ReadableSpan; readonly metadata: Metadata }> {
  const sdk = installSdk(t);
  let metadata: Metadata | undefined;
  const { port } = await depotApp(t, {
    before: (app) => app.register(grpcTelemetry, options),
    get(call, callback) {
      ({ metadata } = call);
      callback(null, call.request);
    },
    gateway: { headers: { request: { allow: ["baggage"] } } },
  });
  await (await fetch(`http://127.0.0.1:${port}/v1/things/tea`, { headers })).text();
  const server = (await sdk.ended(2)).find(({ kind }) => kind === SpanKind.SERVER);
  assert.ok(server !== undefined && metadata !== undefined);
  return { server, metadata };
}

test("a client that is trusted sends its baggage on to the services", async (t) => {
  const options = { trustInboundTrace: true };
  const { server, metadata } = await callWith(t, options, { traceparent, baggage: "plan=free" });
  assert.equal(server.parentSpanContext?.spanId, spanId);
  assert.deepEqual(metadata.get("baggage"), ["plan=free"]);
});

test("baggage of a client is dropped, even where a header rule lets it pass", async (t) => {
  const { metadata } = await callWith(t, {}, { traceparent, baggage: "plan=free" });
  assert.deepEqual(metadata.get("baggage"), []);
});

test("a client that is not trusted gets a trace of our own, with a link to its span", async (t) => {
  const options = { trustInboundTrace: false };
  const { server, metadata } = await callWith(t, options, { traceparent, tracestate: "a=1" });
  assert.notEqual(server.spanContext().traceId, traceId);
  assert.equal(server.parentSpanContext, undefined);
  assert.deepEqual(
    server.links.map(({ context }) => context.spanId),
    [spanId],
  );
  assert.deepEqual(metadata.get("tracestate"), []);
});

test("a tracestate of more than 512 characters is dropped, and the trace goes on", async (t) => {
  const tracestate = Array.from({ length: 20 }, (_, i) => `v${i}=${"x".repeat(40)}`).join(",");
  const { server, metadata } = await callWith(t, {}, { traceparent, tracestate });
  assert.equal(server.spanContext().traceId, traceId);
  assert.deepEqual(metadata.get("tracestate"), []);
});

test("a traceparent that is malformed is none, and reaches no service", async (t) => {
  const { server, metadata } = await callWith(t, {}, { traceparent: "00-zz-1" });
  assert.equal(server.parentSpanContext, undefined);
  assert.match(String(metadata.get("traceparent")), new RegExp(server.spanContext().traceId));
});

test("OTEL_SEMCONV_STABILITY_OPT_IN=rpc/dup puts the old names of RPC beside the new ones", async (t) => {
  process.env.OTEL_SEMCONV_STABILITY_OPT_IN = "http, rpc/dup";
  t.after(() => delete process.env.OTEL_SEMCONV_STABILITY_OPT_IN);
  const sdk = installSdk(t);
  const { port } = await depotApp(t, { before: (app) => app.register(grpcTelemetry) });
  const call = rawClients["native gRPC"];
  await call?.({ port, isStream: false, headers: {} }).over;
  await (await fetch(`http://127.0.0.1:${port}/v1/things/tea`)).text();
  for (const { attributes } of await sdk.ended(3)) {
    assert.equal(attributes["rpc.system.name"], "grpc");
    assert.equal(attributes["rpc.system"], "grpc");
    assert.equal(attributes["rpc.service"], "depot.v1.Depot");
    assert.equal(attributes["rpc.status_code"], "OK");
    assert.equal(attributes["rpc.grpc.status_code"], 0);
  }
  const names = (await sdk.collect()).map(({ descriptor }) => descriptor.name);
  for (const name of [
    "rpc.server.call.duration",
    "rpc.server.duration",
    "rpc.client.call.duration",
    "rpc.client.duration",
  ]) {
    assert.ok(names.includes(name), name);
  }
});

test("a method that nobody knows is _OTHER in spans and metrics", async (t) => {
  const sdk = installSdk(t);
  const { port } = await depotApp(t, {
    before: (app) => app.register(grpcTelemetry),
    gateway: { upstream: "127.0.0.1:1", nativeGrpc: { services: "all" } },
  });
  const http2 = await import("node:http2");
  const session = http2.connect(`http://127.0.0.1:${port}`);
  const stream = session.request({
    ":path": "/made.up.Service/Method",
    ":method": "POST",
    "content-type": "application/grpc",
    te: "trailers",
  });
  stream.end(Buffer.alloc(5));
  stream.resume();
  const server = (await sdk.ended(2)).find(({ kind }) => kind === SpanKind.SERVER);
  session.close();
  assert.equal(server?.name, "grpc");
  assert.equal(server?.attributes["rpc.method"], "_OTHER");
  assert.equal(server?.attributes["rpc.method_original"], "made.up.Service/Method");
  assert.doesNotMatch(JSON.stringify(await sdk.collect()), /made\.up/);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Metadata, Metadata as OutgoingMetadata } from "@grpc/grpc-js";
import { SpanKind, trace } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import grpcTelemetry from "fastify-grpc-telemetry";
import { asBytes, type DepotHandlers, depotApp, nativeClient, thingBytes, ways } from "./depot.ts";
import { installSdk } from "./sdk.ts";

const client = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" };
const headers = {
  traceparent: `00-${client.traceId}-${client.spanId}-01`,
  tracestate: "vendor=1",
  baggage: "plan=free",
};

/** What the handler of a call has seen. */
interface Seen {
  readonly metadata: Metadata;
  readonly active: string | undefined;
}

function seeing(seen: Seen[]): DepotHandlers {
  return {
    get({ request, metadata }, callback) {
      seen.push({ metadata, active: trace.getActiveSpan()?.spanContext().spanId });
      callback(null, request);
    },
  };
}

function traceparentOf({ metadata }: Seen): string {
  return String(metadata.get("traceparent")[0]);
}

function idOf(span: ReadableSpan | undefined): string | undefined {
  return span?.spanContext().spanId;
}

for (const [name, way] of Object.entries(ways)) {
  for (const body of [undefined, JSON.stringify({ name: "tea" })]) {
    test(`${name}: a REST call ${body ? "with a body " : ""}is a server span in the client's trace, with a client span for its attempt`, async (t) => {
      const sdk = installSdk(t);
      const seen: Seen[] = [];
      const { port } = await depotApp(t, {
        way,
        ...seeing(seen),
        before: (app) => app.register(grpcTelemetry),
      });
      const answer = await fetch(`http://127.0.0.1:${port}/v1/things${body ? "" : "/tea"}`, {
        headers: body ? { ...headers, "content-type": "application/json" } : headers,
        ...(body && { method: "POST", body }),
      });
      assert.equal(answer.status, 200);
      const [attempt, server, ...rest] = await sdk.ended(2);
      assert.deepEqual(rest, []);
      assert.equal(server?.kind, SpanKind.SERVER);
      assert.equal(server?.name, body ? "POST /v1/things" : "GET /v1/things/{name}");
      assert.equal(server?.spanContext().traceId, client.traceId);
      assert.equal(server?.parentSpanContext?.spanId, client.spanId);
      assert.equal(attempt?.kind, SpanKind.CLIENT);
      assert.equal(attempt?.name, "depot.v1.Depot/Get");
      assert.equal(attempt?.parentSpanContext?.spanId, idOf(server));
      const [call] = seen as [Seen];
      assert.equal(traceparentOf(call), `00-${client.traceId}-${idOf(attempt)}-01`);
      assert.deepEqual(call.metadata.get("tracestate"), ["vendor=1"]);
      assert.deepEqual(call.metadata.get("baggage"), []);
      if (name === "in-process") assert.equal(call.active, idOf(attempt));
      assert.deepEqual(
        { ...server?.attributes, "server.port": undefined, "user_agent.original": undefined },
        {
          "client.address": "127.0.0.1",
          "grpc_gateway.name": "default",
          "http.request.method": body ? "POST" : "GET",
          "http.response.status_code": 200,
          "http.route": body ? "/v1/things" : "/v1/things/{name}",
          "network.protocol.version": "1.1",
          "rpc.method": "depot.v1.Depot/Get",
          "rpc.status_code": "OK",
          "rpc.system.name": "grpc",
          "server.address": "127.0.0.1",
          "server.port": undefined,
          "url.path": body ? "/v1/things" : "/v1/things/tea",
          "url.scheme": "http",
          "user_agent.original": undefined,
        },
      );
      assert.deepEqual(attempt?.attributes, {
        "rpc.method": "depot.v1.Depot/Get",
        "rpc.status_code": "OK",
        "rpc.system.name": "grpc",
      });
    });
  }

  test(`${name}: a native call is a server span in the client's trace, which its handler continues`, async (t) => {
    const sdk = installSdk(t);
    const seen: Seen[] = [];
    const { port } = await depotApp(t, {
      way,
      ...seeing(seen),
      before: (app) => app.register(grpcTelemetry),
    });
    const metadata = new OutgoingMetadata();
    for (const [key, value] of Object.entries(headers)) metadata.set(key, value);
    metadata.set("grpc-trace-bin", "AAA=".repeat(0) || Buffer.from([1]));
    await new Promise<void>((resolve, reject) =>
      nativeClient(t, port).makeUnaryRequest(
        "/depot.v1.Depot/Get",
        asBytes,
        asBytes,
        thingBytes("tea"),
        metadata,
        (error) => (error ? reject(error) : resolve()),
      ),
    );
    // Straight to a server of this process, no transport is asked.
    const passedOn = name !== "in-process";
    const spans = await sdk.ended(passedOn ? 2 : 1);
    const server = spans.find(({ kind }) => kind === SpanKind.SERVER);
    const attempt = spans.find(({ kind }) => kind === SpanKind.CLIENT);
    assert.equal(spans.length, passedOn ? 2 : 1);
    assert.equal(server?.name, "depot.v1.Depot/Get");
    assert.equal(server?.parentSpanContext?.spanId, client.spanId);
    assert.deepEqual(server?.attributes, {
      "client.address": "127.0.0.1",
      "grpc_gateway.name": "default",
      "rpc.method": "depot.v1.Depot/Get",
      "rpc.status_code": "OK",
      "rpc.system.name": "grpc",
    });
    const last = passedOn ? attempt : server;
    if (passedOn) assert.equal(attempt?.parentSpanContext?.spanId, idOf(server));
    const [call] = seen as [Seen];
    assert.equal(traceparentOf(call), `00-${client.traceId}-${idOf(last)}-01`);
    assert.deepEqual(call.metadata.get("baggage"), []);
    assert.deepEqual(call.metadata.get("grpc-trace-bin"), []);
    if (!passedOn) assert.equal(call.active, idOf(server));
  });
}

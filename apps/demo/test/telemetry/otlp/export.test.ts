import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-grpc";
import { SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import Fastify from "fastify";
import grpcGateway, { createServer } from "fastify-grpc-gateway";
import grpcTelemetry from "fastify-grpc-telemetry";
import { depotApp } from "../depot.ts";
import { installSdk } from "../sdk.ts";

const proto = fileURLToPath(new URL("./proto", import.meta.url));

/** A span as OTLP has it. */
interface ReceivedSpan {
  readonly traceId: Buffer;
  readonly spanId: Buffer;
  readonly parentSpanId: Buffer;
  readonly name: string;
  readonly kind: string;
  readonly attributes: readonly { readonly key: string }[];
}

interface Export {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly {
      readonly scope: { readonly name: string };
      readonly spans: readonly ReceivedSpan[];
    }[];
  }[];
}

/** A collector made of this project's own parts. Resolves to the spans once there are so many. */
async function receiver(t: TestContext, count: number) {
  const spans: ReceivedSpan[] = [];
  let resolveAll = (_spans: readonly ReceivedSpan[]): void => {};
  const all = new Promise<readonly ReceivedSpan[]>((resolve) => {
    resolveAll = resolve;
  });
  const upstream = await createServer({
    proto,
    services: {
      "opentelemetry.proto.collector.trace.v1.TraceService": {
        Export(call: { readonly request: Export }, callback: (e: null, answer: object) => void) {
          const scopes = call.request.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans);
          for (const { scope, spans: some } of scopes) {
            assert.equal(scope.name, "fastify-grpc-telemetry");
            spans.push(...some);
          }
          callback(null, {});
          if (spans.length >= count) resolveAll(spans);
        },
      },
    },
  });
  const app = Fastify();
  t.after(() => app.close());
  await app.register(grpcGateway, { proto, upstream });
  await app.listen({ port: 0, host: "127.0.0.1" });
  return { url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`, all };
}

test("spans arrive by OTLP over gRPC at a collector, each in its place", async (t) => {
  const { url, all } = await receiver(t, 2);
  installSdk(t, [new SimpleSpanProcessor(new OTLPTraceExporter({ url }))]);
  const { port } = await depotApp(t, { before: (app) => app.register(grpcTelemetry) });
  await (await fetch(`http://127.0.0.1:${port}/v1/things/tea`)).text();
  const spans = await all;
  const server = spans.find(({ kind }) => kind === "SPAN_KIND_SERVER") as ReceivedSpan;
  const client = spans.find(({ kind }) => kind === "SPAN_KIND_CLIENT") as ReceivedSpan;
  assert.equal(server.name, "GET /v1/things/{name}");
  assert.equal(client.name, "depot.v1.Depot/Get");
  assert.deepEqual(client.parentSpanId, server.spanId);
  assert.deepEqual(client.traceId, server.traceId);
  assert.deepEqual(
    client.attributes.map(({ key }) => key),
    ["rpc.system.name", "rpc.method", "rpc.status_code"],
  );
});

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { expectTypeOf } from "expect-type";
import Fastify, { type FastifyInstance } from "fastify";
import grpcGateway from "fastify-grpc-gateway";
import * as exported from "fastify-grpc-telemetry";
import grpcTelemetry, {
  type GrpcTelemetry,
  "module.exports" as required,
} from "fastify-grpc-telemetry";
import { type Snippet, snippetsOf } from "../policies/snippets.ts";
import { depotApp, depotProto, depotServer } from "./depot.ts";

const [first, admin, oneLine, ...rest] = snippetsOf("docs/telemetry.md") as Snippet[];

test("the page's first lines log calls and show metrics", async (t) => {
  assert.deepEqual(rest, []);
  const lines: string[] = [];
  const { port } = await depotApp(t, {
    fastify: { logger: { stream: { write: (line) => void lines.push(line) } } },
    before: (app) => first?.({ app, grpcTelemetry }),
  });
  await (await fetch(`http://127.0.0.1:${port}/v1/things/tea`)).text();
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  assert.match(metrics, /grpc_gateway_calls_total\{.*rpc_method="depot.v1.Depot\/Get"/);
  assert.ok(lines.some((line) => line.includes('"grpc call"')));
});

test("the page's second listener shows metrics, and the app does not", async (t) => {
  let other: FastifyInstance | undefined;
  const { port } = await depotApp(t, {
    async before(app) {
      other = (await admin?.({ app, grpcTelemetry, Fastify }, "admin")) as FastifyInstance;
    },
  });
  t.after(() => other?.close());
  assert.equal((await fetch(`http://127.0.0.1:${port}/metrics`)).status, 404);
  assert.match(String((await other?.inject("/metrics"))?.body), /^# HELP /);
});

test("the page's app writes one line for a request", async (t) => {
  const lines: string[] = [];
  const logger = { stream: { write: (line: string) => void lines.push(line) } };
  const app = (await oneLine?.({ Fastify, grpcTelemetry, logger }, "app")) as FastifyInstance;
  t.after(() => app.close());
  await app.register(grpcGateway, { proto: depotProto, upstream: await depotServer() });
  await app.inject("/v1/things/tea");
  assert.equal(lines.length, 1);
});

test("the page on health makes an app that tells whether it is ready", async (t) => {
  const [example, ...others] = snippetsOf("docs/health.md") as Snippet[];
  assert.deepEqual(others, []);
  const app = Fastify();
  t.after(() => app.close());
  await example?.({ app, grpcGateway, proto: depotProto, upstream: await depotServer() });
  const answer = await app.inject("/readyz");
  assert.deepEqual([answer.statusCode, answer.json()], [200, { status: "SERVING" }]);
});

test("the README's example runs, in both module systems", async (t) => {
  const [example, commonJs] = snippetsOf("packages/fastify-grpc-telemetry/README.md");
  const names = { Fastify, grpcGateway, grpcTelemetry, proto: depotProto };
  const app = (await example?.(names, "app")) as FastifyInstance | undefined;
  t.after(() => app?.close());
  await app?.ready();
  const plugin = await commonJs?.({ require: () => required }, "grpcTelemetry");
  assert.equal(plugin, grpcTelemetry);
});

test("the page names every start-up error", () => {
  const page = readFileSync(new URL("../../../../docs/telemetry.md", import.meta.url), "utf8");
  const named = new Set(page.match(/FST_GRPC_TELEMETRY_[A-Z_]*[A-Z]/g));
  const thrown = Object.keys(exported).filter((name) => name.startsWith("FST_"));
  assert.deepEqual([...named].sort(), thrown.sort());
});

test("the decorator has its type", () => {
  expectTypeOf<FastifyInstance["grpcTelemetry"]>().toEqualTypeOf<GrpcTelemetry>();
});

import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { FastifyInstance } from "fastify";
import type { FastifyGrpcGatewayOptions } from "fastify-grpc-gateway";
import grpcPolicies, { type FastifyGrpcPoliciesOptions } from "fastify-grpc-policies";
import { gatewayRegistry } from "grpc-transcoding";
import { shopApp } from "./shop.ts";

const rule = { by: [], capacity: 1, refillPerSecond: 1 };

/** What the log says of methods that no gateway has. */
async function warned(
  t: TestContext,
  options: FastifyGrpcPoliciesOptions,
  gateway: Partial<FastifyGrpcGatewayOptions> = {},
) {
  const lines: string[] = [];
  const { app } = await shopApp(t, {
    gateway,
    fastify: { logger: { level: "warn", stream: { write: (line) => void lines.push(line) } } },
    before: async (instance) => {
      await instance.register(grpcPolicies, options);
    },
  });
  const take = () =>
    lines.splice(0).map((line) => {
      const { option, value, hint } = JSON.parse(line);
      return `${option} ${value}: ${hint}`;
    });
  return { app, take };
}

test("the log tells which patterns are for no method, and what they may have meant", async (t) => {
  const { app, take } = await warned(t, {
    limits: {
      a: { ...rule, methods: ["shop.v1.Shop/Bye", "shop.v1.*"], costs: { "shop.v1.Shp/*": 1 } },
    },
    circuitBreaker: { methods: ["shop.v2.*", "*"] },
    bulkhead: { maxConcurrent: 1, methods: ["bank.v1.Bank/Pay", "grpc.health.v1.Health/*"] },
  });
  assert.deepEqual(take(), [
    'limits.a.methods[0] shop.v1.Shop/Bye: Did you mean "shop.v1.Shop/Buy"?',
    'limits.a.costs["shop.v1.Shp/*"] shop.v1.Shp/*: Did you mean "shop.v1.Shop/*"?',
    'circuitBreaker.methods[0] shop.v2.*: Did you mean "shop.v1.*"?',
    "bulkhead.methods[0] bank.v1.Bank/Pay: ",
  ]);
  app.grpcPolicies.update({ limits: { a: { ...rule, methods: ["shop.v1.Shop/Wach"] } } });
  assert.deepEqual(take(), [
    'limits.a.methods[0] shop.v1.Shop/Wach: Did you mean "shop.v1.Shop/Watch"?',
  ]);
});

test("nothing is said of methods that a tenant may have", async (t) => {
  const limits = { a: { ...rule, methods: ["tenants.v1.Own/Call"] } };
  const { take } = await warned(t, { limits }, { tenant: () => "acme" });
  assert.deepEqual(take(), []);
});

/** The headers of the 429 that the document has. */
function documentedHeaders(app: FastifyInstance): readonly string[] | undefined {
  const [entry] = gatewayRegistry(app.server).gateways;
  const [method] = entry?.schema.services.flatMap(({ methods }) => methods) ?? [];
  assert.ok(method);
  return entry?.policies
    ?.flatMap((policy) => policy.responsesOf?.(method) ?? [])
    .find(({ statusCode }) => statusCode === 429)?.headers;
}

test("the document has the headers of limits where responses have them", async (t) => {
  const limits = { a: rule };
  const { app } = await warned(t, { limits });
  assert.deepEqual(documentedHeaders(app), ["retry-after", "ratelimit", "ratelimit-policy"]);
  const { app: without } = await warned(t, { limits, rateLimitHeaders: false });
  assert.deepEqual(documentedHeaders(without), ["retry-after"]);
});

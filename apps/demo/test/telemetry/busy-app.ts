import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import grpcPolicies from "fastify-grpc-policies";
import grpcTelemetry, { type MetricsOptions } from "fastify-grpc-telemetry";
import { type DepotOptions, depotApp } from "./depot.ts";
import { rawClients } from "./raw-clients.ts";

/** An app in which every metric has a value. */
export async function busyApp(
  t: TestContext,
  metrics?: MetricsOptions,
  options: DepotOptions = {},
): Promise<{ readonly app: FastifyInstance; readonly port: number }> {
  const started = await depotApp(t, {
    ...options,
    gateway: {
      tenant: ({ headers }) => headers["x-tenant"] as string | undefined,
      ...options.gateway,
    },
    async before(app) {
      await app.register(grpcTelemetry, { metrics: metrics ?? true });
      await app.register(grpcPolicies, {
        circuitBreaker: { by: ["tenant", "method"] },
        bulkhead: { maxConcurrent: 10, by: ["tenant", "method"] },
      });
    },
  });
  const { app, port } = started;
  await app.grpcGateway().reload();
  for (const tenant of ["acme", "made-up"]) {
    const headers = { "x-tenant": tenant };
    for (const client of Object.values(rawClients)) {
      for (const isStream of [false, true]) await client({ port, isStream, headers }).over;
    }
    const refused = await fetch(`http://127.0.0.1:${port}/v1/things/tea`, {
      headers: { ...headers, "grpc-timeout": "nonsense" },
    });
    assert.equal(refused.status, 400);
  }
  // The last answers may be with their clients before the server has seen their ends.
  while (app.grpcGateway().gauges.calls > 0) await turn();
  await turn();
  return started;
}

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { busyApp } from "./busy-app.ts";
import { prometheusServer, promtool, withoutPrometheus } from "./prometheus-server.ts";

const skip = withoutPrometheus;
const folder = new URL("../../../../docs/telemetry/", import.meta.url);
const alerts = fileURLToPath(new URL("alerts.yml", folder));

interface Dashboard {
  readonly panels: readonly {
    readonly title: string;
    readonly targets: readonly { readonly expr: string }[];
  }[];
}

const dashboard: Dashboard = JSON.parse(
  readFileSync(new URL("grafana-dashboard.json", folder), "utf8"),
);

/** An expression as Grafana would ask it. */
function asked(expression: string): string {
  return expression.replaceAll("$__rate_interval", "1m").replaceAll("$gateway", ".*");
}

test("promtool finds nothing wrong with the page, nor with the alert rules", {
  skip,
}, async (t) => {
  const { app } = await busyApp(t, { prometheus: true });
  assert.equal(promtool(["check", "metrics"], await app.grpcTelemetry.page()), "");
  assert.equal(promtool(["check", "rules", alerts]), "");
});

test("Prometheus scrapes the page, and every panel of the dashboard has values", {
  skip,
}, async (t) => {
  const { port } = await busyApp(t, { path: "/metrics" });
  const server = await prometheusServer(t, `127.0.0.1:${port}`, alerts);
  // Rates need two scrapes.
  const limit = Date.now() + 30_000;
  while ((await server.query("rate(grpc_gateway_calls_total[1m])")).length === 0) {
    assert.ok(Date.now() < limit, "nothing was scraped");
    await delay(50);
  }
  const [up] = await server.query("up == 1");
  assert.equal(up?.metric.job, "app");
  const codes = await server.query("sum by (rpc_status_code) (grpc_gateway_calls_total)");
  assert.deepEqual(codes.map(({ metric }) => metric.rpc_status_code).sort(), [
    "INVALID_ARGUMENT",
    "OK",
  ]);
  for (const { title, targets } of dashboard.panels) {
    for (const { expr } of targets) {
      const series = await server.query(asked(expr));
      // Nothing has failed, nor was over a limit.
      const isEmpty = /RESOURCE_EXHAUSTED|UNAVAILABLE/.test(expr);
      assert.equal(series.length === 0, isEmpty, `${title}: ${expr}`);
    }
  }
});

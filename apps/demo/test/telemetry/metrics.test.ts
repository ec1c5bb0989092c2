import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import grpcTelemetry from "fastify-grpc-telemetry";
import { busyApp } from "./busy-app.ts";
import { depotApp } from "./depot.ts";
import { rawClients } from "./raw-clients.ts";
import { installSdk } from "./sdk.ts";

/** One row of the page's table. */
interface Documented {
  readonly name: string;
  readonly prometheus: string;
  readonly unit: string;
  readonly attributes: ReadonlySet<string>;
}

const page = readFileSync(new URL("../../../../docs/telemetry.md", import.meta.url), "utf8");
const documented: readonly Documented[] = [
  ...page.matchAll(/^\| `([\w.]+)` \| `(\w+)` \| (\S*) ?\| (`.*`) \|$/gm),
].map(([, name = "", prometheus = "", unit = "", attributes = ""]) => ({
  name,
  prometheus,
  unit,
  attributes: new Set(attributes.replaceAll(/[`\s]/g, "").split(",")),
}));

test("metrics have the names, units and attributes that the page tells", async (t) => {
  const sdk = installSdk(t);
  await busyApp(t);
  const emitted = (await sdk.collect()).filter(({ descriptor }) => descriptor.name !== "x");
  assert.deepEqual(
    emitted.map(({ descriptor: { name, unit } }) => `${name} ${unit}`).sort(),
    documented.map(({ name, unit }) => `${name} ${unit}`).sort(),
  );
  for (const { descriptor, dataPoints } of emitted) {
    const keys = new Set(dataPoints.flatMap(({ attributes }) => Object.keys(attributes)));
    const { attributes } = documented.find(({ name }) => name === descriptor.name) as Documented;
    const isFault = attributes.has("error.type") && !keys.has("error.type");
    if (isFault) keys.add("error.type");
    assert.deepEqual([...keys].sort(), [...attributes].sort(), descriptor.name);
  }
});

test("the page for Prometheus has the documented names, and their labels", async (t) => {
  const { port } = await busyApp(t, { path: "/metrics" });
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  assert.match(String(response.headers.get("content-type")), /^text\/plain; version=0\.0\.4/);
  const text = await response.text();
  const named = [...text.matchAll(/^# TYPE (\w+) /gm)].map(([, name]) => name);
  assert.deepEqual(named.sort(), documented.map(({ prometheus }) => prometheus).sort());
  for (const { prometheus, attributes } of documented) {
    const rows = text.split("\n").filter((line) => line.startsWith(prometheus));
    const labels = new Set(
      rows.flatMap((row) => [...row.matchAll(/[{,](\w+)="/g)].map(([, label]) => label)),
    );
    labels.delete("le");
    labels.delete("error_type");
    const known = [...attributes].map((name) => name.replaceAll(".", "_"));
    assert.deepEqual(
      [...labels].sort(),
      known.filter((name) => name !== "error_type").sort(),
      prometheus,
    );
  }
});

test("calls are counted by protocol, method, code and tenant", async (t) => {
  const { app } = await busyApp(t, { prometheus: true, tenants: ["acme"] });
  const rows = (await app.grpcTelemetry.page())
    .split("\n")
    .filter((row) => row.startsWith("grpc_gateway_calls_total"));
  const count = (protocol: string, code: string, tenant: string): number => {
    const row = rows.find((line) =>
      [`protocol="${protocol}"`, `code="${code}"`, `tenant="${tenant}"`, 'Depot/Get"'].every(
        (part) => line.includes(part),
      ),
    );
    return Number(row?.split(" ").at(-1));
  };
  assert.equal(count("http", "OK", "acme"), 2);
  assert.equal(count("grpc", "OK", "acme"), 1);
  assert.equal(count("http", "INVALID_ARGUMENT", "_OTHER"), 1);
  assert.ok(rows.every((row) => !row.includes("made-up")));
});

test("calls that run are counted until they end, streams among them", async (t) => {
  const { port, app } = await depotApp(t, {
    watch: (call) => void call.write(call.request),
    before: (fastify) => fastify.register(grpcTelemetry, { metrics: { prometheus: true } }),
  });
  const active = async () =>
    Object.fromEntries(
      [
        ...(await app.grpcTelemetry.page()).matchAll(
          /^grpc_gateway_active_calls\{.*protocol="(\w+)"\} (\d+)/gm,
        ),
      ].map(([, protocol, value]) => [protocol, Number(value)]),
    );
  const running = Object.values(rawClients).map((client) =>
    client({ port, isStream: true, headers: {} }),
  );
  const until = async (expected: object): Promise<void> => {
    const limit = Date.now() + 5_000;
    while (JSON.stringify(await active()) !== JSON.stringify(expected)) {
      assert.ok(Date.now() < limit, JSON.stringify(await active()));
      await turn();
    }
  };
  await until({ http: 2, grpc: 1 });
  for (const call of running) call.cancel();
  await until({ http: 0, grpc: 0 });
});

test("no label has a value that a client made up", async (t) => {
  const { app, port } = await depotApp(t, {
    fastify: { trustProxy: true },
    before: (fastify) => fastify.register(grpcTelemetry, { metrics: { prometheus: true } }),
    gateway: {
      // By the path, as the client writes it.
      tenant({ url = "" }) {
        const [, tenant = ""] = url.split("/");
        return tenant.startsWith("made") ? { tenant, prefix: `/${tenant}` } : undefined;
      },
    },
  });
  const headers = { "x-forwarded-proto": "made-scheme", "x-forwarded-for": "made-address" };
  for (const path of ["/made-1/v1/things/made-2", "/v1/things/made-3:made-4", "/v1/made-5"]) {
    await (await fetch(`http://127.0.0.1:${port}${path}?made=6`, { headers })).text();
  }
  const text = await app.grpcTelemetry.page();
  assert.match(text, /http_route="_OTHER"/);
  assert.match(text, /url_scheme="_OTHER"/);
  assert.match(text, /grpc_gateway_tenant="_OTHER"/);
  assert.doesNotMatch(text, /made-/);
});

test("a page without a path is refused where none was asked for", async (t) => {
  const { app } = await depotApp(t, { before: (fastify) => fastify.register(grpcTelemetry) });
  await assert.rejects(app.grpcTelemetry.page(), /set metrics\.path, or metrics\.prometheus/);
});

test("hooks of the plugin's scope guard the page", async (t) => {
  const { port } = await depotApp(t, {
    async before(app) {
      app.addHook("onRequest", async ({ url }, reply) => {
        if (url === "/metrics") await reply.code(403).send("no");
      });
      await app.register(grpcTelemetry, { metrics: { path: "/metrics" } });
    },
  });
  assert.equal((await fetch(`http://127.0.0.1:${port}/metrics`)).status, 403);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { type GatewayEntry, gatewayRegistry } from "grpc-transcoding";

const entry = (name: string): GatewayEntry => ({ name, revision: 0 }) as GatewayEntry;

test("a listener meets each gateway once, those to come included, until it stops", () => {
  const registry = gatewayRegistry({});
  registry.add(entry("before"));
  const met: string[] = [];
  const stop = registry.onGateway(({ name }) => met.push(name));
  registry.add(entry("after"));
  assert.throws(() => registry.add(entry("after")));
  stop();
  registry.add(entry("later"));
  assert.deepEqual(met, ["before", "after"]);
});

test("a listener meets each gauge once, those to come included, until it stops", () => {
  const registry = gatewayRegistry({});
  const gauge = (name: string) => ({ name, help: name, labels: {}, read: () => 1 });
  registry.addGauge(gauge("before"));
  const met: string[] = [];
  const stop = registry.onGauge(({ name }) => met.push(name));
  registry.addGauge(gauge("after"))();
  stop();
  registry.addGauge(gauge("later"));
  assert.deepEqual(met, ["before", "after"]);
});

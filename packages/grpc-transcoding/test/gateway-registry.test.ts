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

test("tenants are told apart by gateway and name, replaced in place, and no part of the gateways", () => {
  const registry = gatewayRegistry({});
  const met: GatewayEntry[] = [];
  registry.onGateway((one) => met.push(one));
  registry.add(entry("a"));
  const before = registry.revision;
  const tenantOf = (name: string, tenant: string) => ({ ...entry(name), tenant });
  const [first, other, second] = [tenantOf("a", "x"), tenantOf("b", "x"), tenantOf("a", "x")];
  const leaveFirst = registry.addTenant(first);
  const leaveOther = registry.addTenant(other);
  const leaveSecond = registry.addTenant(second);
  assert.deepEqual(registry.tenants, [second, other]);
  leaveFirst();
  assert.equal(registry.tenants[0], second);
  leaveSecond();
  leaveOther();
  assert.deepEqual(registry.tenants, []);
  assert.deepEqual([met.length, registry.gateways.length, registry.revision], [1, 1, before]);
});

test("a listener to events that throws, at once or later, keeps no other from being told, and the teller learns of it", async () => {
  const registry = gatewayRegistry({});
  const told: string[] = [];
  registry.onEvent(() => {
    throw new Error("at once");
  });
  registry.onEvent(async () => {
    throw new Error("later");
  });
  const stop = registry.onEvent(({ type }) => told.push(type));
  const later: unknown[] = [];
  const thrown = registry.emit({ type: "reload", gateway: "a" }, (error) => later.push(error));
  registry.emit({ type: "again", gateway: "a" });
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual([thrown, later].flat().map(String), ["Error: at once", "Error: later"]);
  stop();
  registry.emit({ type: "gone", gateway: "a" });
  assert.deepEqual(told, ["reload", "again"]);
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

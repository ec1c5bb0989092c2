import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { type TestContext, test } from "node:test";
import { type ConsulSourceOptions, consulSource } from "../../src/source/consul-source.ts";
import { until } from "../until.ts";
import { FakeConsulKV } from "./fake-consul-kv.ts";
import { type DocumentStore, sourceContract, watching } from "./source-contract.ts";

const key = "fastify-grpc/tenants";

function consulStore(endpoint: string, name: string): DocumentStore {
  const url = `${endpoint}/v1/kv/${name}`;
  // A connection that is kept may be that of a server which has ended.
  const headers = { connection: "close" };
  return {
    source: () => consulSource({ endpoint, key: name }),
    write: async (body) => void (await fetch(url, { method: "PUT", body, headers })),
    remove: async () => void (await fetch(url, { method: "DELETE", headers })),
  };
}

sourceContract("FakeConsulKV, which stands in for Consul", false, async (t) => {
  const consul = await FakeConsulKV.start(t);
  const { endpoint, port } = consul;
  return {
    ...consulStore(endpoint, key),
    async restart() {
      await consul.stop();
      await consul.listen(port);
    },
  };
});

const { CONSUL_HTTP_ADDR } = process.env;

sourceContract(
  "Consul",
  CONSUL_HTTP_ADDR === undefined ? "CONSUL_HTTP_ADDR names no agent of Consul" : false,
  async (t) => {
    const address = CONSUL_HTTP_ADDR as string;
    const endpoint = address.startsWith("http") ? address : `http://${address}`;
    const store = consulStore(endpoint, `fastify-grpc-test/${randomUUID()}`);
    t.after(() => store.remove());
    return store;
  },
  "has none",
);

/** A stand-in with a document, and a watch of it that is under way. */
async function followed(t: TestContext, options: ConsulSourceOptions = {}) {
  const consul = await FakeConsulKV.start(t);
  const store = consulStore(consul.endpoint, key);
  await store.write("one");
  const watched = watching(t, consulSource({ endpoint: consul.endpoint, ...options }));
  await watched.has("one");
  return { consul, store, watched };
}

test("an index that goes backwards is begun anew", async (t) => {
  const { consul, store, watched } = await followed(t);
  consul.restore(key, "restored");
  await watched.has("restored");
  await store.write("two");
  await watched.has("two");
  assert.ok(consul.queries.filter(({ searchParams }) => !searchParams.has("index")).length >= 2);
});

for (const [fault, problem] of [
  ["no leader", /HTTP 500: No cluster leader/],
  ["forbidden", /HTTP 403: Permission denied/],
  ["half a body", /aborted|socket hang up/],
] as const) {
  test(`a query of Consul that meets "${fault}" is told and asked again`, async (t) => {
    const { consul, store, watched } = await followed(t);
    consul.fault(fault);
    await watched.failed(problem);
    await store.write("two");
    await watched.has("two");
  });
}

test("a query that is held beyond its wait is given up", async (t) => {
  const { consul, store, watched } = await followed(t, { waitMs: 1000, timeoutMs: 50 });
  consul.fault("hangs");
  await watched.failed(/./, 3000);
  await store.write("two");
  await watched.has("two", 3000);
});

test("queries that never block make no busy loop", async (t) => {
  const { consul, watched } = await followed(t, { waitMs: 1000 });
  const before = consul.queries.length;
  const until = Date.now() + 500;
  while (Date.now() < until) {
    consul.fault();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  assert.ok(consul.queries.length - before <= 6, `${consul.queries.length - before} queries`);
  assert.equal(watched.documents.length, 1);
});

test("a query has the wait, the datacenter and the token, and a key with a slash its path", async (t) => {
  const { consul } = await followed(t, { waitMs: 2000, datacenter: "dc1", token: "t" });
  await until(
    () => consul.queries.length > 1,
    () => "one query",
  );
  const [first, second] = consul.queries;
  assert.equal(first?.pathname, "/v1/kv/fastify-grpc/tenants");
  assert.equal(first?.search, "?dc=dc1");
  assert.equal(second?.searchParams.get("wait"), "2000ms");
  assert.ok(Number(second?.searchParams.get("index")) > 0);
});

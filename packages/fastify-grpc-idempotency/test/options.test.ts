import assert from "node:assert/strict";
import { test } from "node:test";
import Fastify from "fastify";
import grpcIdempotency, {
  createMemoryStore,
  createRedisStore,
  type FastifyGrpcIdempotencyOptions,
} from "fastify-grpc-idempotency";

const client = { evalsha: async () => "OK", eval: async () => "OK" };

const wrong: readonly [options: object, message: RegExp][] = [
  [{ methods: [] }, /option methods is \[\]: give an object/],
  [{ methods: { Pay: "required" } }, /option methods is "Pay": name methods as/],
  [
    { methods: { "*": "always" } },
    /option methods\["\*"\] is "always": use "required", "optional", or/,
  ],
  [
    { routes: { "/orders": "required" } },
    /option routes\["\/orders"\] is "required": name routes as/,
  ],
  [{ gateways: "one" }, /option gateways is "one": give a list/],
  [{ store: {} }, /option store is \{\}: give createMemoryStore/],
  [{ principal: "sub" }, /option principal is "sub": give a function/],
  [{ onInFlight: "queue" }, /option onInFlight is "queue": use one of "wait", "refuse"/],
  [{ maxWaiting: -1 }, /option maxWaiting is -1/],
  [{ maxWaitMs: 0 }, /option maxWaitMs is 0/],
  [{ ttlMs: 0 }, /option ttlMs is 0/],
  [{ leaseMs: 0.5 }, /option leaseMs is 0.5/],
  [{ leaseGraceMs: "5s" }, /option leaseGraceMs is "5s"/],
  [{ maxBodyBytes: -1 }, /option maxBodyBytes is -1/],
  [{ headers: ["a b"] }, /option headers\[0\] is "a b": name a header/],
  [{ headers: ["Set-Cookie"] }, /option headers\[0\] is "Set-Cookie": leave it out/],
  [{ notExecuted: ["OK"] }, /option notExecuted\[0\] is "OK": name a gRPC status code/],
  [{ notExecuted: ["toString"] }, /option notExecuted\[0\] is "toString"/],
  [{ onStoreError: "ignore" }, /option onStoreError is "ignore"/],
  [{ ttl: 1 }, /option ttl does not exist \(its value: 1\): use one of methods, routes/],
];

for (const [options, message] of wrong) {
  test(`the plugin is refused options: ${message.source}`, async (t) => {
    const app = Fastify();
    t.after(() => app.close());
    await assert.rejects(async () => app.register(grpcIdempotency, options), { message });
  });
}

test("stores are refused options that they cannot have", () => {
  const refused = (make: () => unknown, message: RegExp) => assert.throws(make, { message });
  refused(() => createMemoryStore({ maxEntries: 0 }), /option store.maxEntries is 0/);
  refused(() => createMemoryStore({ maxBytes: 0.5 }), /option store.maxBytes is 0.5/);
  refused(
    () => createMemoryStore({ whenFull: "grow" as never }),
    /option store.whenFull is "grow"/,
  );
  refused(() => createMemoryStore({ ttl: 1 } as never), /option store.ttl does not exist/);
  refused(() => createRedisStore({} as never), /option store.client is undefined: give a client/);
  refused(
    () => createRedisStore({ client, name: "a{b}" }),
    /option store.name is "a\{b\}": leave out/,
  );
  refused(() => createRedisStore({ client, timeoutMs: 0 }), /option store.timeoutMs is 0/);
  refused(() => createRedisStore({ client, maxPending: 0 }), /option store.maxPending is 0/);
});

test("a store's answer that is none of the script's is an error", async () => {
  const claim = { fingerprint: "f", owner: "o", leaseMs: 1, ttlMs: 1 };
  await assert.rejects(
    async () => createRedisStore({ client }).begin("k", claim),
    /something else/,
  );
});

test("a route's config is checked when the route is added", async (t) => {
  const app = Fastify();
  t.after(() => app.close());
  const options: FastifyGrpcIdempotencyOptions = {};
  await app.register(grpcIdempotency, options);
  const config = { idempotency: "always" as never };
  assert.throws(() => app.post("/orders", { config }, async () => "ok"), {
    message: /option config.idempotency of POST \/orders is "always"/,
  });
});

import assert from "node:assert/strict";
import { test } from "node:test";
import cors from "@fastify/cors";
import Fastify, { type FastifyInstance } from "fastify";
import grpcGateway, { type FastifyGrpcGatewayOptions } from "fastify-grpc-gateway";
import { answerOf } from "./rest-clients.ts";
import { remoteShop, shopApp, shopProto, shopServer } from "./shop.ts";

const shop = async (
  options: Partial<FastifyGrpcGatewayOptions> = {},
): Promise<FastifyGrpcGatewayOptions> => ({
  proto: shopProto,
  upstream: await shopServer(),
  ...options,
});

test("tells hooks what will be called from onRequest on", async (t) => {
  const app = Fastify();
  t.after(() => app.close());
  const seen: unknown[] = [];
  app.addHook("onRequest", async ({ grpcBinding }) => {
    seen.push(grpcBinding && [grpcBinding.service, grpcBinding.method, grpcBinding.template]);
  });
  app.addHook("preHandler", async ({ grpcBinding }) => void seen.push(grpcBinding?.decode()));
  await app.register(grpcGateway, await shop({ prefix: "/api" }));
  app.get("/own", async () => "own");
  await app.inject({ method: "POST", url: "/api/v1/items?itemId=9", payload: { price: 5 } });
  await app.inject("/own");
  assert.deepEqual(seen, [
    ["shop.v1.Shop", "CreateItem", "/api/v1/items"],
    { itemId: "9", item: { name: "", price: "5", picture: "", tags: [] } },
    null,
    undefined,
  ]);
});

test("answers what a hook throws by the error table", async (t) => {
  const app = Fastify();
  t.after(() => app.close());
  app.addHook("onRequest", async () => {
    throw Object.assign(new Error("who are you?"), { statusCode: 401 });
  });
  const errors: string[] = [];
  app.addHook("onError", async (_request, _reply, error) => void errors.push(error.message));
  await app.register(grpcGateway, await shop());
  const response = await app.inject("/v1/items/7");
  assert.equal(response.statusCode, 401);
  assert.equal(response.json().code, 16);
  assert.deepEqual(errors, ["who are you?"]);
});

test("runs the app's onSend hooks on the finished JSON", async (t) => {
  const app = Fastify();
  t.after(() => app.close());
  app.addHook("onSend", async (_request, reply, payload) => {
    reply.header("x-bytes", (payload as Buffer).length);
  });
  await app.register(grpcGateway, await shop());
  const response = await app.inject("/v1/items/7");
  assert.equal(Number(response.headers["x-bytes"]), response.rawPayload.length);
});

// Each order of registration must give the same answers.
const parts: Record<string, (app: FastifyInstance) => unknown> = {
  gateway: async (app) => app.register(grpcGateway, await shop()),
  handWritten: (app) => {
    app.get("/v1/items/special", async () => "hand-written");
    app.put("/v1/items", async () => "put");
  },
  spa: (app) => app.get("/*", async () => "spa"),
  cors: (app) => app.register(cors, { methods: ["GET", "PATCH"] }),
};
const orders = [
  ["gateway", "handWritten", "spa", "cors"],
  ["cors", "spa", "handWritten", "gateway"],
  ["spa", "gateway", "cors", "handWritten"],
];
for (const order of orders) {
  test(`lives beside the app's routes when registered as ${order.join(", ")}`, async (t) => {
    const app = Fastify();
    t.after(() => app.close());
    for (const name of order) await parts[name]?.(app);
    const body = async (method: "GET" | "PUT" | "DELETE", url: string) =>
      (await app.inject({ method, url })).body;
    assert.match(await body("GET", "/v1/items/7"), /items\/7/);
    assert.equal(await body("GET", "/v1/items/special"), "hand-written");
    assert.equal(await body("PUT", "/v1/items"), "put");
    assert.equal(await body("GET", "/v1/unknown"), "spa");
    assert.equal((await app.inject({ method: "DELETE", url: "/v1/items/7" })).statusCode, 405);
    const preflight = await app.inject({
      method: "OPTIONS",
      url: "/v1/items/7",
      headers: { origin: "http://a.example", "access-control-request-method": "PATCH" },
    });
    assert.equal(preflight.statusCode, 204);
    assert.equal(preflight.headers["access-control-allow-methods"], "GET, PATCH");
  });
}

test("keeps child scopes, their prefix, hooks and not-found handlers", async (t) => {
  const app = Fastify();
  t.after(() => app.close());
  app.setNotFoundHandler(async (_request, reply) => reply.code(404).send("root"));
  await app.register(
    async (child) => {
      child.setNotFoundHandler(async (_request, reply) => reply.code(404).send("child"));
      child.addHook("preHandler", async (_request, reply) => void reply.header("x-child", "1"));
      await child.register(grpcGateway, await shop({ prefix: "/shop" }));
    },
    { prefix: "/tenants" },
  );
  const response = await app.inject("/tenants/shop/v1/items/7");
  assert.equal(response.json().name, "items/7");
  assert.equal(response.headers["x-child"], "1");
  assert.equal((await app.inject("/tenants/nothing")).body, "child");
  assert.equal((await app.inject("/v1/items/7")).body, "root");
  assert.equal((await app.inject("/tenants/shop/v1/itemsss")).statusCode, 404);
});

test("serves several gateways under one prefix, each with its own hooks", async (t) => {
  const app = Fastify();
  t.after(() => app.close());
  const upstream = await shopServer();
  for (const service of ["Shop", "Clock"]) {
    await app.register(async (scope) => {
      scope.addHook("preHandler", async (_request, reply) => void reply.header("x-for", service));
      const services = [`shop.v1.${service}`];
      await scope.register(grpcGateway, { proto: shopProto, upstream, name: service, services });
    });
  }
  const shop = await app.inject("/v1/items/7");
  assert.deepEqual([shop.statusCode, shop.headers["x-for"]], [200, "Shop"]);
  const clock = await app.inject("/v1/time");
  assert.deepEqual([clock.json(), clock.headers["x-for"]], [{ hour: 12 }, "Clock"]);
});

test("hands out each gateway by its name", async (t) => {
  const app = await shopApp(t, { name: "a", prefix: "/a" });
  assert.equal(app.grpcGateway().name, "a");
  await app.register(grpcGateway, await shop({ prefix: "/b", nativeGrpc: false }));
  assert.equal(app.grpcGateway("/b").bindings.length, app.grpcGateway("a").bindings.length);
  assert.match(
    app.grpcGateway("a").printRoutes(),
    /^PATCH +\/a\/v1\/\{item\.name=items\/\*\} -> shop\.v1\.Shop\/UpdateItem$/m,
  );
  assert.throws(() => app.grpcGateway("c"), {
    code: "FST_GRPC_UNKNOWN_GATEWAY",
    message: /"a", "\/b"/,
  });
  assert.throws(() => app.grpcGateway(), { message: /name one of "a", "\/b"/ });
});

test("says how many groups of routes one prefix can have", async (t) => {
  const app = await shopApp(t);
  await assert.rejects(
    async () => {
      for (let i = 0; i < 32; i += 1) {
        await app.register(async (scope) => {
          scope.grpcGateway().handlePath("GET", `/v1/paths/${i}`, async () => i);
        });
      }
    },
    { code: "FST_GRPC_PREFIX_FULL", message: /31 with each gateway counted twice/ },
  );
});

test("keeps ids that Fastify's own router would cut or split", async (t) => {
  const app = await shopApp(t);
  const long = "x".repeat(300);
  assert.equal((await app.inject(`/v1/items/${long}`)).json().name, `items/${long}`);
  // %2F stays encoded in a variable of several segments (google/api/http.proto).
  assert.equal((await app.inject("/v1/items/a%2Fb")).json().name, "items/a%2Fb");
});

test("finds routes of a request in absolute form", async (t) => {
  const { request } = await import("node:http");
  const app = await shopApp(t);
  const origin = await app.listen({ port: 0, host: "127.0.0.1" });
  const status = await new Promise((resolve, reject) => {
    request(origin, { path: `${origin}/v1/items/7` }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end();
  });
  assert.equal(status, 200);
});

test("tells hooks of the app's own routes that no rpc is called", async (t) => {
  const app = Fastify();
  t.after(() => app.close());
  const seen: unknown[] = [];
  app.addHook("onRequest", async (request) => void seen.push(request.grpcBinding));
  app.addHook("onResponse", async (request) => void seen.push(request.grpcBinding?.method ?? null));
  await app.register(grpcGateway, await shop());
  app.get("/v1/items/special", async () => "hand-written");
  await app.inject("/v1/items/special");
  assert.deepEqual(seen.splice(0), [null, null]);
  await app.inject("/v1/items/1");
  assert.equal(seen[1], "GetItem");
});

test("refuses decode() before the body is read", async (t) => {
  const app = Fastify();
  t.after(() => app.close());
  app.addHook("onRequest", async (request) => void request.grpcBinding?.decode());
  await app.register(grpcGateway, await shop());
  const response = await app.inject({ method: "POST", url: "/v1/items", payload: { price: 5 } });
  assert.equal(response.statusCode, 500);
  assert.equal((await app.inject("/v1/items/1")).statusCode, 200);
});

test("serves overlapping prefixes, and OPTIONS where it is bound", async (t) => {
  const app = await shopApp(t, {
    services: ["shop.v1.Clock"],
    rules: [{ selector: "shop.v1.Clock.GetTime", custom: { kind: "OPTIONS", path: "/v1/time" } }],
  });
  await app.register(grpcGateway, await shop({ prefix: "/v1", services: ["shop.v1.Shop"] }));
  await app.register(cors);
  assert.equal((await app.inject("/v1/v1/items/1")).json().name, "items/1");
  assert.equal((await app.inject("/v1/time")).json().hour, 12);
  const headers = { origin: "http://a.example", "access-control-request-method": "GET" };
  const preflight = await app.inject({ method: "OPTIONS", url: "/v1/v1/items/1", headers });
  assert.equal(preflight.statusCode, 204);
});

test("refuses a scope whose prefix is a pattern", async (t) => {
  const app = Fastify();
  t.after(() => app.close());
  await assert.rejects(
    async () =>
      app.register(async (scope) => scope.register(grpcGateway, await shop()), {
        prefix: "/:tenant",
      }),
    { code: "FST_GRPC_OPTION", message: /"\/:tenant"/ },
  );
});

test("survives an error table that throws, before and within a stream", async (t) => {
  const broken = {
    toHttp(): never {
      throw new Error("broken table");
    },
    responsesOf: () => [],
    bodyFormats: ["status" as const],
  };
  const app = await shopApp(t, { errors: broken, upstream: await remoteShop(t) });
  const before = await app.inject("/v1/items:count?limit=-1&failCode=7");
  assert.equal(before.statusCode, 403);
  const within = await answerOf(t, app, "/v1/items:count?limit=1&failCode=7");
  assert.match(within.body, /"error":\{"code":7/);
});

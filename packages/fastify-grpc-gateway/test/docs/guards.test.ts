import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import Fastify, { type FastifyInstance } from "fastify";
import grpcGateway, { contextKey, refuse } from "fastify-grpc-gateway";
import { askHttp1, askNative, guardedServer, guardProto } from "../guard/guarded-app.ts";
import { snippetsOf } from "./snippets.ts";

const [hook, allow, identity, policy, interceptor, context, ...rest] = snippetsOf("guards.md");

async function newApp(t: TestContext) {
  const app = Fastify();
  t.after(() => app.close());
  return { app, proto: guardProto, upstream: await guardedServer(), grpcGateway };
}

async function ways(t: TestContext, app: FastifyInstance) {
  await app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = app.server.address() as { port: number };
  return [askHttp1(port, "/v1/whoami"), askNative(t, port, "/guard.v1.Guarded/WhoAmI")] as const;
}

test("the page's hook guards both protocols", async (t) => {
  assert.deepEqual(rest, []);
  const names = await newApp(t);
  await hook?.(names);
  await allow?.(names);
  const [rest1, native] = await ways(t, names.app);
  assert.equal(await rest1({}), "401");
  assert.equal(await native({}), "UNAUTHENTICATED");
  const good = { authorization: "Bearer good", "x-user-id": "eve" };
  assert.notEqual(await rest1(good), "401");
  assert.notEqual(await native(good), "UNAUTHENTICATED");
});

test("the page's identity is the one that the service sees", async (t) => {
  const names = await newApp(t);
  names.app.addHook("preHandler", async (request) => {
    request.headers["x-user"] = request.headers["x-user-id"];
  });
  await names.app.register(grpcGateway, {
    proto: guardProto,
    upstream: names.upstream,
    headers: { request: { allow: ["x-user"] } },
  });
  const before = Fastify();
  t.after(() => before.close());
  await identity?.({ app: before });
  const [rest1, native] = await ways(t, names.app);
  assert.deepEqual(
    [await rest1({ "x-user-id": "alice" }), await native({ "x-user-id": "alice" })],
    ["alice", "alice"],
  );
});

test("the page's policy, interceptor and context run", async (t) => {
  const readOnly = (await policy?.({ ...(await newApp(t)), refuse }, "readOnly")) as (
    call: object,
  ) => object;
  assert.equal(readOnly({ method: { name: "GetBook" } }), undefined);
  assert.ok("refuse" in readOnly({ method: { name: "DeleteBook" } }));
  assert.equal(readOnly({ method: { name: "DeleteBook" }, identity: "admin" }), undefined);

  const seen: string[] = [];
  const names = await newApp(t);
  await interceptor?.({
    ...names,
    observe: (path: string, code: number) => void seen.push(`${path} ${code}`),
  });
  const [rest1, native] = await ways(t, names.app);
  await rest1({});
  await native({});
  assert.deepEqual(seen, Array(2).fill("/guard.v1.Guarded/WhoAmI 0"));

  const { app } = await newApp(t);
  const limit = (await context?.({ app, contextKey, refuse }, "limit")) as (
    call: object,
  ) => unknown;
  assert.ok(limit({ context: { get: () => "free" } }));
  assert.equal(limit({ context: { get: () => "paid" } }), undefined);
});

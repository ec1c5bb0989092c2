import assert from "node:assert/strict";
import { test } from "node:test";
import Fastify, { type FastifyRequest } from "fastify";
import grpcGateway, { attachGrpcServer } from "fastify-grpc-gateway";
import { askHttp1, askNative, guardedServer, guardProto } from "./guarded-app.ts";

const whoAmI = "/guard.v1.Guarded/WhoAmI";

/** Refuses every call without a token. */
async function demandToken({ rpc, headers }: FastifyRequest): Promise<void> {
  if (rpc && headers.authorization === undefined) {
    throw Object.assign(new Error("no"), { statusCode: 401 });
  }
}

const ways = ["gateway", "attached server"] as const;
for (const way of ways) {
  for (const hook of ["onRequest", "preValidation", "preHandler"] as const) {
    test(`a ${hook} hook that is added after an awaited ${way} guards native calls`, async (t) => {
      const app = Fastify();
      t.after(() => app.close());
      const upstream = await guardedServer();
      if (way === "gateway") await app.register(grpcGateway, { proto: guardProto, upstream });
      else attachGrpcServer(app, { name: "guarded", server: upstream });
      await app.register(async () => {});
      app.addHook(hook, demandToken);
      await app.listen({ port: 0, host: "127.0.0.1" });
      const { port } = app.server.address() as { port: number };
      const native = askNative(t, port, whoAmI);
      assert.equal(await native({ "x-user": "eve" }), "UNAUTHENTICATED");
      assert.equal(await native({ authorization: "token", "x-user": "alice" }), "alice");
      if (way === "gateway") assert.equal(await askHttp1(port, "/v1/whoami")({}), "401");
    });
  }
}

test("a preParsing hook that is added after the gateway does not read a native call's messages", async (t) => {
  const app = Fastify();
  t.after(() => app.close());
  app.addHook("onRequest", demandToken);
  await app.register(grpcGateway, { proto: guardProto, upstream: await guardedServer() });
  app.addHook("preParsing", async (_request, _reply, payload) => {
    for await (const _ of payload);
    return payload;
  });
  await app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = app.server.address() as { port: number };
  const ask = askNative(t, port, whoAmI);
  assert.equal(await ask({ authorization: "token", "x-user": "alice" }), "alice");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import multipart from "@fastify/multipart";
import Fastify, { type FastifyReply } from "fastify";
import grpcGateway from "fastify-grpc-gateway";
import { Code, StatusError } from "grpc-transcoding";
import { shopProto, shopServer } from "../shop.ts";
import { snippetsOf } from "./snippets.ts";

test("the page's import takes a form with a file, guarded by the page's hook", async (t) => {
  const [routes, guard, ...rest] = snippetsOf("custom-routes.md");
  assert.deepEqual(rest, []);
  const app = Fastify();
  t.after(() => app.close());
  await guard?.({ app, key: "secret" });
  await routes?.({
    app,
    grpcGateway,
    multipart,
    Code,
    StatusError,
    // The plugin beside this one brings it.
    grpcErrorHandler(error: Error, _request: unknown, reply: FastifyReply) {
      if (error instanceof StatusError) reply.code(400).send(error.message);
      else throw error;
    },
    proto: shopProto,
    upstream: await shopServer(),
  });

  const form = new FormData();
  form.set("file", new Blob(["ada\nbob\n"]), "users.csv");
  const send = async (body: FormData, key?: string) => {
    const encoded = new Response(body);
    return app.inject({
      method: "POST",
      url: "/v1/groups/red%2Fgreen/users",
      payload: Buffer.from(await encoded.arrayBuffer()),
      headers: {
        "content-type": encoded.headers.get("content-type") as string,
        ...(key !== undefined && { "x-api-key": key }),
      },
    });
  };
  assert.equal((await send(form)).statusCode, 401);
  assert.deepEqual((await send(form, "secret")).json(), {
    group: "red/green",
    users: ["ada", "bob"],
  });
  const empty = new FormData();
  empty.set("name", "no file");
  assert.equal((await send(empty, "secret")).body, "send a form with a file");

  // The same hook, of the methods of protos.
  const read = await app.inject("/v1/items/7");
  assert.equal(read.statusCode, 200);
  const write = await app.inject({ method: "POST", url: "/v1/items", payload: {} });
  assert.equal(write.statusCode, 401);
});

test("what the page says of handlers holds: HEAD, the methods of a path, conflicts", async (t) => {
  const app = Fastify();
  t.after(() => app.close());
  await app.register(grpcGateway, { proto: shopProto, upstream: await shopServer() });
  const gateway = app.grpcGateway();
  gateway.handlePath("GET", "/v1/{name=groups/*}/users", async ({ params }) => params);
  const url = "/v1/groups/7/users";
  assert.deepEqual((await app.inject(url)).json(), { name: "groups/7" });
  const head = await app.inject({ method: "HEAD", url });
  assert.deepEqual([head.statusCode, head.body], [200, ""]);
  const wrong = await app.inject({ method: "DELETE", url });
  assert.deepEqual([wrong.statusCode, wrong.headers.allow], [405, "GET, HEAD"]);
  assert.throws(() => gateway.handlePath("GET", "/v1/{name=items/*}", async () => ""), {
    code: "FST_GRPC_CONFLICT",
  });
});

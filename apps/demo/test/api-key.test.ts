import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { Client, credentials, Metadata } from "@grpc/grpc-js";
import type { FastifyInstance } from "fastify";
import { Code, codeName, gatewayRegistry } from "grpc-transcoding";
import { apiKeyPolicy } from "../src/api-key.ts";
import { buildApp } from "../src/app.ts";
import { createServiceServer } from "../src/service-server.ts";

async function demo(t: TestContext, apiKey?: string): Promise<FastifyInstance> {
  const app = await buildApp({ upstream: await createServiceServer(), apiKey });
  t.after(() => app.close());
  return app;
}

const scheme = { type: "apiKey", in: "header", name: "x-api-key" };

interface Documented {
  readonly paths: Record<string, Record<string, OperationOfDocument>>;
  readonly components: { readonly securitySchemes?: object };
}

interface OperationOfDocument {
  readonly security?: unknown;
  readonly responses: Record<
    string,
    { headers?: object; "x-google-errors"?: { code: string; message: string }[] }
  >;
}

const documentOf = async (app: FastifyInstance): Promise<Documented> =>
  (await app.inject("/docs/json")).json();

test("the document has what the policy demands and answers, and the wire has it too", async (t) => {
  const app = await demo(t, "secret");
  const { paths, components } = await documentOf(app);
  assert.deepEqual(components.securitySchemes, { ApiKey: scheme });
  const write = paths["/v1/shelves"]?.post;
  assert.deepEqual(write?.security, [{ ApiKey: [] }]);
  const documented = write?.responses["401"];
  assert.deepEqual(Object.keys(documented?.headers ?? {}), ["WWW-Authenticate"]);
  const [error] = documented?.["x-google-errors"] ?? [];

  const create = (headers: Record<string, string>) =>
    app.inject({ method: "POST", url: "/v1/shelves", headers, payload: { theme: "x" } });
  const refused = await create({});
  assert.equal(refused.statusCode, 401);
  assert.equal(refused.headers["www-authenticate"], 'ApiKey realm="library"');
  assert.equal(codeName(refused.json().code), error?.code);
  assert.equal(refused.json().message, error?.message);
  assert.equal((await create({ "x-api-key": "wrong!" })).statusCode, 401);
  assert.notEqual((await create({ "x-api-key": "secret" })).statusCode, 401);

  const read = paths["/v1/shelves"]?.get;
  assert.equal(read?.security, undefined);
  assert.equal(read?.responses["401"], undefined);
  assert.equal((await app.inject("/v1/shelves")).statusCode, 200);
});

test("native calls are refused by the same policy", async (t) => {
  const app = await demo(t, "secret");
  await app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = app.server.address() as { port: number };
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  t.after(() => client.close());
  const bytes = (buffer: Buffer): Buffer => buffer;
  const codeOf = (method: string, metadata: Metadata): Promise<number> =>
    new Promise((resolve) => {
      const path = `/library.v1.LibraryService/${method}`;
      client.makeUnaryRequest(path, bytes, bytes, Buffer.alloc(0), metadata, (error) =>
        resolve(error?.code ?? Code.OK),
      );
    });
  const key = new Metadata();
  assert.equal(await codeOf("CreateShelf", key), Code.UNAUTHENTICATED);
  assert.equal(await codeOf("ListShelves", key), Code.OK);
  key.set("x-api-key", "secret");
  assert.notEqual(await codeOf("CreateShelf", key), Code.UNAUTHENTICATED);
});

test("a policy that comes later changes the document", async (t) => {
  const app = await demo(t);
  const before = await documentOf(app);
  assert.equal(before.components.securitySchemes, undefined);
  assert.equal(before.paths["/v1/shelves"]?.post?.responses["401"], undefined);
  const [gateway] = gatewayRegistry(app.server).gateways;
  gateway?.use?.(apiKeyPolicy("secret") as never);
  const after = await documentOf(app);
  assert.deepEqual(after.components.securitySchemes, { ApiKey: scheme });
  assert.ok(after.paths["/v1/shelves"]?.post?.responses["401"]);
  // The app's own route is none of the policy's.
  assert.deepEqual(after.paths["/health"], before.paths["/health"]);
});

test("a hook by request.rpc concerns the gateway's answers, not the app's own", async (t) => {
  const app = await demo(t);
  assert.equal((await app.inject("/v1/shelves")).headers["cache-control"], "no-store");
  assert.equal((await app.inject("/health")).headers["cache-control"], undefined);
});

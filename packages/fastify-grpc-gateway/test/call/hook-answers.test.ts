import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import Fastify, { type FastifyInstance, type onRequestAsyncHookHandler } from "fastify";
import grpcGateway, { type FastifyGrpcGatewayOptions } from "fastify-grpc-gateway";
import { Code, defaultErrorMapper } from "grpc-transcoding";
import { shopProto, shopServer } from "../shop.ts";

/** A gateway and a route of the app, both behind a hook. */
async function guarded(
  t: TestContext,
  hook: onRequestAsyncHookHandler,
  options: Partial<FastifyGrpcGatewayOptions> = {},
): Promise<FastifyInstance> {
  const app = Fastify();
  t.after(() => app.close());
  app.addHook("onRequest", hook);
  app.get("/own", async () => "own");
  await app.register(grpcGateway, { proto: shopProto, upstream: await shopServer(), ...options });
  return app;
}

const hooks: [name: string, hook: onRequestAsyncHookHandler, code: Code][] = [
  [
    "reply.code(401).send(new Error())",
    async (_request, reply) => reply.code(401).send(new Error("who are you")),
    Code.UNAUTHENTICATED,
  ],
  [
    "reply.code(403) and a throw",
    async (_request, reply) => {
      reply.code(403);
      throw new Error("no");
    },
    Code.PERMISSION_DENIED,
  ],
  [
    "reply.code(429) and an error with a status",
    async (_request, reply) => {
      reply.code(429);
      throw Object.assign(new Error("no"), { statusCode: 409 });
    },
    Code.ABORTED,
  ],
  [
    "reply.code(202) and a throw",
    async (_request, reply) => {
      reply.code(202);
      throw new Error("no");
    },
    Code.INTERNAL,
  ],
];
for (const preset of ["standard", "grpc-gateway"] as const) {
  for (const [name, hook, code] of hooks) {
    test(`${preset}: ${name} in a hook has the status that it has on any route`, async (t) => {
      const app = await guarded(t, hook, { preset });
      const own = await app.inject("/own");
      const response = await app.inject("/v1/items/1");
      assert.equal(response.statusCode, own.statusCode);
      assert.equal(response.json().code, code);
    });
  }
}

test("the gRPC code of a hook's status is that of the error table's reverse table", async (t) => {
  const errors = { ...defaultErrorMapper, codeOf: () => Code.OUT_OF_RANGE };
  const app = await guarded(t, async (_request, reply) => reply.code(423).send(new Error("no")), {
    errors,
  });
  const response = await app.inject("/v1/items/1");
  assert.equal(response.statusCode, 423);
  assert.equal(response.json().code, Code.OUT_OF_RANGE);
});

const tables: Record<string, Partial<FastifyGrpcGatewayOptions>> = {
  "the default table": {},
  "a table of the app": {
    errors: {
      ...defaultErrorMapper,
      toHttp: (...args) => {
        const answer = defaultErrorMapper.toHttp(...args);
        return { ...answer, headers: { ...answer.headers, "www-authenticate": "Bearer" } };
      },
    },
  },
  "preset grpc-gateway": { preset: "grpc-gateway" },
};
const basic = 'Basic realm="shop", charset="UTF-8"';
for (const [name, options] of Object.entries(tables)) {
  test(`${name}: the challenge of a hook stays`, async (t) => {
    const app = await guarded(
      t,
      async (_request, reply) => {
        reply.header("WWW-Authenticate", basic);
        throw Object.assign(new Error("no"), { statusCode: 401 });
      },
      options,
    );
    const response = await app.inject("/v1/items/1");
    assert.equal(response.statusCode, 401);
    assert.equal(response.headers["www-authenticate"], basic);
  });

  test(`${name}: the challenge of a hook stays on a failure of the service`, async (t) => {
    const app = await guarded(
      t,
      async (_request, reply) => {
        reply.header("www-authenticate", 'Digest realm="x"');
      },
      options,
    );
    const response = await app.inject({
      method: "POST",
      url: "/v1/items:fail",
      payload: { code: Code.UNAUTHENTICATED, message: "Custom" },
    });
    assert.equal(response.statusCode, 401);
    assert.equal(response.headers["www-authenticate"], 'Digest realm="x"');
  });

  test(`${name}: a challenge that the error brings wins, as on any route`, async (t) => {
    const headers = { "www-authenticate": "Negotiate" };
    const app = await guarded(
      t,
      async (_request, reply) => {
        reply.header("www-authenticate", basic);
        throw Object.assign(new Error("no"), { statusCode: 401, headers });
      },
      options,
    );
    const expected = name === "a table of the app" ? "Bearer" : "Negotiate";
    assert.equal((await app.inject("/own")).headers["www-authenticate"], "Negotiate");
    assert.equal((await app.inject("/v1/items/1")).headers["www-authenticate"], expected);
  });
}

test("without a challenge of a hook, that of the table is sent", async (t) => {
  const app = await guarded(t, async () => {
    throw Object.assign(new Error("no"), { statusCode: 401 });
  });
  assert.equal((await app.inject("/v1/items/1")).headers["www-authenticate"], "Bearer");
});

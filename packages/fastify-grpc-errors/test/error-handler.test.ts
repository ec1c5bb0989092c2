import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { Client, credentials, type ServiceError, type sendUnaryData } from "@grpc/grpc-js";
import Fastify, { type FastifyInstance } from "fastify";
import fastifyGrpcErrors, {
  badRequestDetail,
  Code,
  type FastifyGrpcErrorsOptions,
  grpcErrorHandler,
  retryInfoDetail,
  StatusError,
} from "fastify-grpc-errors";
import { gatewayError } from "grpc-transcoding/internal";
import { call, clientOf } from "./grpc-service.ts";

async function appThatThrows(
  t: TestContext,
  thrown: () => unknown,
  options: FastifyGrpcErrorsOptions = {},
): Promise<FastifyInstance> {
  const app = Fastify();
  t.after(() => app.close());
  await app.register(fastifyGrpcErrors, options);
  app.setErrorHandler(grpcErrorHandler);
  app.get("/x", async (_request, reply) => {
    reply.header("vary", "Origin");
    throw await thrown();
  });
  return app;
}

/** The error that a grpc-js client reports for a status of a real server. */
async function clientError(t: TestContext, error: StatusError): Promise<ServiceError> {
  const client = await clientOf(t, {
    M: (_call: unknown, callback: sendUnaryData<Buffer>) => callback(error),
  });
  return (await call(client, "M")) as ServiceError;
}

test("an error of a grpc-js client is answered by the table, with its details", async (t) => {
  const details = [
    badRequestDetail([{ field: "name", description: "is empty" }]),
    retryInfoDetail(3000),
  ];
  const trailers = [
    ["x-extra", "1"],
    ["y-bin", Uint8Array.of(7)],
  ] as const;
  const sent = new StatusError(Code.RESOURCE_EXHAUSTED, "zu groß", { details, trailers });
  const error = await clientError(t, sent);
  assert.deepEqual(error.metadata.get("x-extra"), ["1"]);
  assert.deepEqual(error.metadata.get("y-bin"), [Buffer.of(7)]);
  const app = await appThatThrows(t, () => error);
  const response = await app.inject("/x");
  assert.equal(response.statusCode, 429);
  assert.equal(response.headers["retry-after"], "3");
  assert.deepEqual(response.json(), {
    code: 8,
    message: "zu groß",
    details: [
      {
        "@type": "type.googleapis.com/google.rpc.BadRequest",
        fieldViolations: [{ field: "name", description: "is empty" }],
      },
      { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "3s" },
    ],
  });
});

test("a message that grpc-js could not escape still arrives", async (t) => {
  const error = await clientError(t, new StatusError(Code.NOT_FOUND, "a\ud800b %41 \r\n"));
  assert.equal(error.code, Code.NOT_FOUND);
  assert.equal(error.details, "a\ufffdb %41 \r\n");
});

test("an upstream that is down does not tell its address", async (t) => {
  const client = new Client("127.0.0.1:1", credentials.createInsecure());
  t.after(() => client.close());
  const error = await call(client, "M");
  const response = await (await appThatThrows(t, () => error)).inject("/x");
  assert.equal(response.statusCode, 503);
  assert.equal(response.json().message, "The service is unavailable.");
});

test("any other error goes to the parent's handler", async (t) => {
  const app = Fastify();
  t.after(() => app.close());
  app.setErrorHandler((error: Error, _request, reply) => reply.code(418).send(error.message));
  await app.register(async (child) => {
    await child.register(fastifyGrpcErrors);
    child.setErrorHandler(grpcErrorHandler);
    child.get("/x", async () => {
      throw new Error("mine");
    });
  });
  const response = await app.inject("/x");
  assert.deepEqual([response.statusCode, response.body], [418, "mine"]);
});

test("headers of the request choose the body, and Vary is added to", async (t) => {
  const app = await appThatThrows(t, () => new StatusError(Code.NOT_FOUND, "m"), { body: "auto" });
  const response = await app.inject({
    url: "/x?secret=1",
    headers: { accept: "application/problem+json" },
  });
  assert.equal(response.headers["content-type"], "application/problem+json");
  assert.equal(response.headers.vary, "origin, accept");
  assert.equal(response.json().instance, "/x");
});

test("the challenge of a hook stays, and gives way to the failure's own", async (t) => {
  const http = { statusCode: 401, headers: { "www-authenticate": "Negotiate" } };
  for (const [options, expected] of [
    [{}, 'Basic realm="shop"'],
    [{ http }, "Negotiate"],
  ] as const) {
    const error = gatewayError("m", { code: Code.UNAUTHENTICATED, ...options });
    const app = await appThatThrows(t, () => error);
    app.addHook("onRequest", async (_request, reply) => {
      reply.header("WWW-Authenticate", 'Basic realm="shop"');
    });
    const response = await app.inject("/x");
    assert.equal(response.statusCode, 401);
    assert.equal(response.headers["www-authenticate"], expected);
  }
});

test("HEAD is answered without a body", async (t) => {
  const app = await appThatThrows(t, () => new StatusError(Code.NOT_FOUND, "m"));
  const response = await app.inject({ method: "HEAD", url: "/x" });
  assert.deepEqual([response.statusCode, response.body], [404, ""]);
});

test("internals are logged in full and masked in the answer", async (t) => {
  const lines: string[] = [];
  const app = Fastify({ logger: { stream: { write: (line: string) => lines.push(line) } } });
  t.after(() => app.close());
  await app.register(fastifyGrpcErrors);
  app.setErrorHandler(grpcErrorHandler);
  app.get("/x", async () => {
    throw new StatusError(Code.INTERNAL, "the password is x");
  });
  const response = await app.inject("/x");
  assert.equal(response.json().message, "An internal error occurred. Request id: req-1");
  assert.match(lines.join(""), /the password is x/);
});

test("a scope without a table answers by the default one", async (t) => {
  const app = Fastify();
  t.after(() => app.close());
  app.setErrorHandler(grpcErrorHandler);
  app.get("/x", async () => {
    throw new StatusError(Code.FAILED_PRECONDITION, "m");
  });
  const response = await app.inject("/x");
  assert.deepEqual([response.statusCode, response.json().code], [400, 9]);
});

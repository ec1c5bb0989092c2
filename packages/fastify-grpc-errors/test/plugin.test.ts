import assert from "node:assert/strict";
import { test } from "node:test";
import Fastify from "fastify";
import fastifyGrpcErrors, {
  Code,
  type GrpcErrorsOptions,
  grpcErrorHandler,
  StatusError,
} from "fastify-grpc-errors";

async function appThatThrows(error: unknown, options: GrpcErrorsOptions = {}) {
  const app = Fastify();
  await app.register(fastifyGrpcErrors, options);
  app.setErrorHandler(grpcErrorHandler);
  app.get("/x", async () => {
    throw error;
  });
  return app;
}

test("an app that calls gRPC clients by hand answers their errors by the table", async (t) => {
  const error = new StatusError(Code.FAILED_PRECONDITION, "the shelf is full");
  const app = await appThatThrows(error, { codes: { FAILED_PRECONDITION: 422 } });
  t.after(() => app.close());
  const response = await app.inject("/x");
  assert.equal(response.statusCode, 422);
  assert.equal(response.headers["content-type"], "application/json; charset=utf-8");
  assert.deepEqual(response.json(), { code: 9, message: "the shelf is full", details: [] });
});

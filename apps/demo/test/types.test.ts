import { test } from "node:test";
import { expectTypeOf } from "expect-type";
import Fastify, { type FastifyRequest } from "fastify";
import grpcErrors, { type ErrorTable } from "fastify-grpc-errors";
import grpcGateway, { type GrpcBinding, type GrpcGateway } from "fastify-grpc-gateway";
import grpcOpenapi, { type GrpcOpenapi } from "fastify-grpc-openapi";

test("the three plugins together type one app", async (t) => {
  const app = Fastify();
  t.after(() => app.close());
  expectTypeOf(app.grpcErrors).toEqualTypeOf<ErrorTable>();
  expectTypeOf(app.grpcGateway).toEqualTypeOf<(name?: string) => GrpcGateway>();
  expectTypeOf(app.grpcOpenapi).toEqualTypeOf<GrpcOpenapi>();
  expectTypeOf<FastifyRequest["grpcBinding"]>().toEqualTypeOf<GrpcBinding | null>();
  for (const plugin of [grpcErrors, grpcGateway, grpcOpenapi]) {
    expectTypeOf(plugin).toBeFunction();
  }
});

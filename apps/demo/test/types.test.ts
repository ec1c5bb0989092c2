import { test } from "node:test";
import { expectTypeOf } from "expect-type";
import Fastify, { type FastifyRequest } from "fastify";
import grpcErrors, { type ErrorTable } from "fastify-grpc-errors";
import grpcGateway, { type GrpcBinding, type GrpcGateway } from "fastify-grpc-gateway";
import grpcOpenapi, { type GrpcOpenapi } from "fastify-grpc-openapi";
import grpcPolicies, { type GrpcPolicies } from "fastify-grpc-policies";

test("the plugins together type one app", async (t) => {
  const app = Fastify();
  t.after(() => app.close());
  expectTypeOf(app.grpcErrors).toEqualTypeOf<ErrorTable>();
  expectTypeOf(app.grpcGateway).toEqualTypeOf<(name?: string) => GrpcGateway>();
  expectTypeOf(app.grpcOpenapi).toEqualTypeOf<GrpcOpenapi>();
  expectTypeOf(app.grpcPolicies).toEqualTypeOf<GrpcPolicies>();
  expectTypeOf<FastifyRequest["grpcBinding"]>().toEqualTypeOf<GrpcBinding | null>();
  for (const plugin of [grpcErrors, grpcGateway, grpcOpenapi, grpcPolicies]) {
    expectTypeOf(plugin).toBeFunction();
  }
});

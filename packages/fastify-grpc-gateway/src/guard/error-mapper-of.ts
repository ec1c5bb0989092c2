import type { FastifyInstance } from "fastify";
import { defaultErrorMapper, type ErrorMapper } from "grpc-transcoding";

/** The error table of a scope, once the app is ready: that of fastify-grpc-errors, else the default one. */
export function errorMapperOf(fastify: FastifyInstance): ErrorMapper {
  return fastify.hasDecorator("grpcErrors")
    ? fastify.getDecorator<ErrorMapper>("grpcErrors")
    : defaultErrorMapper;
}

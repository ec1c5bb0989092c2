import type { FastifyReply, FastifyRequest } from "fastify";
import { defaultErrorMapper, type ErrorContext, type ErrorMapper } from "grpc-transcoding";
import { grpcFailureFromError, joinVary, keepsChallenge } from "grpc-transcoding/internal";

/**
 * An error handler for routes that call gRPC clients by hand, `app.setErrorHandler(grpcErrorHandler)`:
 * answers a StatusError, or an error of a grpc-js client, by the table of the scope, else the default
 * one. Passes any other error on to the handler of the parent scope.
 */
export function grpcErrorHandler(
  this: unknown,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const failure = grpcFailureFromError(error);
  if (failure === undefined) throw error;
  const table: ErrorMapper = request.server.hasDecorator("grpcErrors")
    ? request.server.grpcErrors
    : defaultErrorMapper;
  const { statusCode, headers, body } = table.toHttp(failure, contextOf(request));
  const level = statusCode >= 500 ? "error" : "info";
  request.log[level]({ err: error, grpcCode: failure.status.code }, "gRPC call failed");
  for (const [name, value] of Object.entries(headers)) {
    const present = reply.getHeader(name);
    if (name === "www-authenticate" && keepsChallenge(failure, present)) continue;
    reply.header(name, name === "vary" ? joinVary(present, value) : value);
  }
  // As a Buffer, since Fastify adds a charset to the content type of texts.
  return reply.code(statusCode).send(Buffer.from(body));
}

function contextOf(request: FastifyRequest): ErrorContext {
  const { accept, "accept-language": acceptLanguage } = request.headers;
  const [path = ""] = request.url.split("?", 1);
  return {
    requestId: request.id,
    path,
    ...(accept !== undefined && { accept }),
    ...(acceptLanguage !== undefined && { acceptLanguage }),
  };
}

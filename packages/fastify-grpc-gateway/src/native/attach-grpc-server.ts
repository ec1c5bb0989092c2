import type { IncomingHttpHeaders } from "node:http2";
import { type Server, ServerCredentials } from "@grpc/grpc-js";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { codeOfHttpStatus, type Policy } from "grpc-transcoding";
import { errorMapperOf } from "../guard/error-mapper-of.ts";
import { admitNative } from "../guard/guard-native.ts";
import { openScope } from "../guard/native-scope.ts";
import { decorateRpc } from "../guard/request-rpc.ts";
import { requestLogging } from "../logging/request-logging.ts";
import { type PortSplitOptions, portSplit } from "../one-port/port-split.ts";

/** A gRPC server for an app's port. */
export interface AttachedGrpcServer {
  /** Unique on the port; for messages and policies. */
  readonly name: string;
  /** Not bound to a port of its own, or bound as well: both work. */
  readonly server: Server;
  /** The full names of the services that calls are taken for; all of the server's when absent. */
  readonly services?: readonly string[];
  /** Whether a call is for this server, where several have the same services (by tenant, by authority). */
  readonly accepts?: (headers: IncomingHttpHeaders) => boolean;
  /** Decide on each call, after the app's hooks and before the server gets it. */
  readonly policies?: readonly Policy<FastifyRequest>[];
  /** Whether calls run through the hooks of `app` first. @default "run" */
  readonly hooks?: "run" | "skip";
  /** Made by the copy of `@grpc/grpc-js` that made the server. @default insecure: the port's TLS is the app's */
  readonly credentials?: ServerCredentials;
}

/**
 * Serves native gRPC on the port of a Fastify app, over HTTP/2 with and without TLS, beside the app's own routes, whatever
 * kind of server the app has. Call it while the app's plugins load, for the first server; further
 * ones may come and go at run time. Returns the function that takes the server off the port; calls that run go on.
 * Throws for a conflict with another attached server and for a server of an unknown kind.
 */
export function attachGrpcServer(
  app: FastifyInstance,
  {
    name,
    server,
    services,
    accepts,
    policies = [],
    hooks = "run",
    credentials,
  }: AttachedGrpcServer,
  options?: PortSplitOptions,
): () => void {
  const { sinks } = portSplit(app, options);
  decorateRpc(app);
  // Always: a later server of this scope may want its hooks when it is too late to open it.
  const scope = openScope(app);
  const admit = admitNative({
    name,
    scope: hooks === "run" ? scope : undefined,
    open: new Set(),
    policies: () => policies,
    tenantOf: () => undefined,
    codeOf: (statusCode) => errorMapperOf(app).codeOf?.(statusCode) ?? codeOfHttpStatus(statusCode),
    log: app.log,
    logsRequest: requestLogging(app),
    observed: undefined,
  });
  const added = sinks.add(
    {
      name,
      server,
      services: services === undefined ? undefined : new Set(services),
      accepts,
      admit,
    },
    credentials ?? ServerCredentials.createInsecure(),
  );
  return added.remove;
}

import type { IncomingHttpHeaders } from "node:http2";
import { type Server, ServerCredentials } from "@grpc/grpc-js";
import type { FastifyInstance } from "fastify";
import type { NativePolicy } from "./native-policy.ts";
import { type PortSplitOptions, portSplit } from "./port-split.ts";

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
  /** Judges each call before the server gets it. */
  readonly policy?: NativePolicy;
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
  { name, server, services, accepts, policy, credentials }: AttachedGrpcServer,
  options?: PortSplitOptions,
): () => void {
  const added = portSplit(app, options).sinks.add(
    {
      name,
      server,
      services: services === undefined ? undefined : new Set(services),
      accepts,
      policy,
    },
    credentials ?? ServerCredentials.createInsecure(),
  );
  return added.remove;
}

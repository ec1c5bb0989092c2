import type { Server } from "@grpc/grpc-js";
import type { Schema, TransportMethod } from "grpc-transcoding";
import { serverInternals } from "../grpc-js/internals.ts";

// grpc.health.v1.Health, which load balancers and Kubernetes ask; Watch streams.
const health = "grpc.health.v1.Health";
const healthMethods: readonly TransportMethod[] = [
  { path: `/${health}/Check`, clientStreaming: false, serverStreaming: false },
  { path: `/${health}/List`, clientStreaming: false, serverStreaming: false },
  { path: `/${health}/Watch`, clientStreaming: false, serverStreaming: true },
];

/** The services that calls are taken for: the schema's, and the health of an upstream elsewhere. */
export function servicesOf({ services }: Schema, server: Server | undefined): ReadonlySet<string> {
  const names = services.map((service) => service.name);
  return new Set(server === undefined ? [...names, health] : names);
}

/** The methods that are passed on. */
export function methodsOf(schema: Schema, server: Server | undefined): readonly TransportMethod[] {
  const methods = schema.services.flatMap((service) => service.methods);
  const known = new Map(methods.map((method) => [method.path, method]));
  if (server !== undefined) {
    return [...serverInternals(server).handlers.values()].map(({ path, type }) => {
      const input = known.get(path)?.input;
      return {
        path,
        clientStreaming: type === "clientStream" || type === "bidi",
        serverStreaming: type === "serverStream" || type === "bidi",
        ...(input && { input }),
      };
    });
  }
  return [...methods, ...healthMethods.filter(({ path }) => !known.has(path))];
}

import { fileURLToPath } from "node:url";
import type { FastifyInstance } from "fastify";
import { gatewayRegistry, loadSchema, type MethodSchema, type Schema } from "grpc-transcoding";

/** The schema of `shelf.proto`. */
export const shelves: Schema = await loadSchema({
  proto: fileURLToPath(new URL("./shelf.proto", import.meta.url)),
});

/** A method by its name. */
export function methodOf(name: string): MethodSchema {
  const method = shelves.services
    .flatMap((service) => service.methods)
    .find((candidate) => candidate.name === name);
  if (method === undefined) throw new Error(`no method ${name}`);
  return method;
}

/** Enters a gateway with that schema into an app, as far as the error table reads it. */
export function enterGateway(app: FastifyInstance): void {
  gatewayRegistry(app.server).add({
    name: "shelves",
    prefix: "",
    schema: shelves,
    bindings: [],
    table: { routes: [], match: () => undefined },
    json: { naming: "json", emit: "implicit", enums: "name", unknownFields: "reject" },
    streamEncoders: [],
    errors: undefined,
    revision: 0,
  } as never);
}

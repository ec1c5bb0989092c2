import { Server, type ServerOptions, type UntypedServiceImplementation } from "@grpc/grpc-js";
import type {
  ServiceDefinition as LoadedService,
  Options as LoaderOptions,
  PackageDefinition,
} from "@grpc/proto-loader";
import { bundledProtoDir, type SchemaProblem } from "grpc-transcoding";
import { findProtoFiles } from "grpc-transcoding/internal";
import { FST_GRPC_OPTION, FST_GRPC_SCHEMA } from "./errors.ts";

/** What {@link createServer} makes a server of. */
export interface CreateServerOptions {
  /** `.proto` files, directories or globs: the same value as the gateway's option. */
  readonly proto: string | readonly string[];
  readonly includeDirs?: readonly string[];
  /** Handlers by the full name of their service: `{ "math.Cat": { Sum(call, callback) { … } } }`. */
  readonly services: Readonly<Record<string, UntypedServiceImplementation>>;
  /** How `@grpc/proto-loader` shapes messages. @default { defaults: true, enums: String, longs: String, oneofs: true } */
  readonly loader?: Omit<LoaderOptions, "includeDirs">;
  /** Options of the `grpc.Server`. */
  readonly server?: ServerOptions;
}

/**
 * A `grpc.Server` with handlers, by `loadSync` of @grpc/proto-loader and `addService`, for those who do
 * not have one already. It need not be bound to a port: pass it as `upstream`. The protos that come with
 * this project (google/api, google/rpc, ...) are found without an include dir. Throws FST_GRPC_OPTION for a
 * service or file that is not there, FST_GRPC_SCHEMA for protos that proto-loader cannot read.
 */
export async function createServer(options: CreateServerOptions): Promise<Server> {
  if (typeof options?.services !== "object" || options.services === null) {
    throw new FST_GRPC_OPTION(
      'option "services" of createServer must be handlers by the full name of their service: { "math.Cat": { Sum(call, callback) { … } } }',
    );
  }
  const { loadSync } = await importProtoLoader();
  const definitions = load(loadSync, options);
  const server = new Server(options.server);
  for (const [name, handlers] of Object.entries(options.services)) {
    const definition = definitions[name];
    if (!isService(definition)) {
      const known = Object.keys(definitions).filter((other) => isService(definitions[other]));
      throw new FST_GRPC_OPTION(
        `option "services": the protos have no service ${JSON.stringify(name)}; they have ${known.join(", ") || "none"}`,
      );
    }
    checkHandlers(name, definition, handlers);
    server.addService(definition, handlers);
  }
  return server;
}

/** grpc-js ignores a handler that is no method, and a misspelt one answers UNIMPLEMENTED. */
function checkHandlers(
  service: string,
  definition: LoadedService,
  handlers: UntypedServiceImplementation,
): void {
  const methods = Object.entries(definition).flatMap(([name, { originalName }]) => [
    name,
    ...(originalName === undefined ? [] : [originalName]),
  ]);
  const unknown = Object.keys(handlers).find((name) => !methods.includes(name));
  if (unknown === undefined) return;
  throw new FST_GRPC_OPTION(
    `option "services": ${service} has no method ${JSON.stringify(unknown)}; it has ${Object.keys(definition).join(", ")}`,
  );
}

type LoadSync = typeof import("@grpc/proto-loader").loadSync;

// Optional and lazy: it generates code when loaded, which some environments forbid.
async function importProtoLoader(): Promise<{ loadSync: LoadSync }> {
  try {
    return await import("@grpc/proto-loader");
  } catch (error) {
    throw Object.assign(
      new FST_GRPC_OPTION(
        `createServer needs @grpc/proto-loader, which could not be loaded (${(error as Error).message}): run npm install @grpc/proto-loader`,
      ),
      { cause: error },
    );
  }
}

function load(loadSync: LoadSync, { proto, includeDirs = [], loader }: CreateServerOptions) {
  const problems: SchemaProblem[] = [];
  const entries = typeof proto === "string" ? [proto] : proto;
  const found = findProtoFiles(entries, includeDirs, (problem) => problems.push(problem));
  if (problems.length > 0) {
    throw new FST_GRPC_OPTION(problems.map(({ message }) => message).join("; "));
  }
  try {
    return loadSync([...found.files.keys()], {
      defaults: true,
      enums: String,
      longs: String,
      oneofs: true,
      ...loader,
      includeDirs: [...found.includeDirs, bundledProtoDir],
    });
  } catch (error) {
    throw Object.assign(
      new FST_GRPC_SCHEMA(
        `@grpc/proto-loader cannot read the protos (${(error as Error).message}). It knows less of the language than the gateway: see docs/schema.md; a server whose handlers come from other code can be passed as upstream just as well`,
      ),
      { cause: error },
    );
  }
}

// Message and enum types have a `format`.
function isService(definition: PackageDefinition[string] | undefined): definition is LoadedService {
  return definition !== undefined && !("format" in definition);
}

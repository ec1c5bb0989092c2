import type { GrpcDocumentOptions } from "./document/document-options.ts";
import { FST_GRPC_OPENAPI_OPTION } from "./errors.ts";
import { versionOf } from "./version/lower-document.ts";

/** Where the plugin serves documents itself; `false` for nowhere. */
export interface DocumentRoutes {
  /** All gateways, and the app's own routes where @fastify/swagger knows them. @default "/openapi.json" without @fastify/swagger, else false */
  readonly json?: string | false;
  /** @default "/openapi.yaml" without @fastify/swagger, else false */
  readonly yaml?: string | false;
  /** The prefix of one document per gateway: `/openapi/<name>.json` and `.yaml`. @default "/openapi" */
  readonly gateways?: string | false;
}

/** Options of the plugin; those of the document are in {@link GrpcDocumentOptions}. */
export interface FastifyGrpcOpenapiOptions extends Omit<GrpcDocumentOptions, "onFinding"> {
  /** The version of our own documents; within @fastify/swagger's document it is the host's. @default "3.0.3" */
  readonly openapi?: string;
  /** The decorator of @fastify/swagger to extend, `false` to leave it alone. @default "swagger" */
  readonly decorator?: string | false;
  /** @default see {@link DocumentRoutes} */
  readonly routes?: DocumentRoutes | false;
  /** Whether the start logs what readers of the document would miss, or fails for it. @default "log" */
  readonly check?: "log" | "throw" | "off";
}

/** The plugin's options, checked and complete. */
export interface ResolvedOptions {
  readonly openapi: string;
  readonly decorator: string | false;
  /** Members that depend on @fastify/swagger's presence are undefined unless given. */
  readonly routes: DocumentRoutes;
  readonly check: "log" | "throw" | "off";
  readonly document: GrpcDocumentOptions;
}

const documentOptions = [
  "info",
  "servers",
  "securitySchemes",
  "security",
  "componentNames",
  "oneof",
  "omitUnspecified",
  "visibility",
  "oauthScheme",
  "defaultHost",
] as const;

const choices: Readonly<Record<string, readonly string[]>> = {
  componentNames: ["full", "short"],
  oneof: ["guard", "union"],
  check: ["log", "throw", "off"],
};

// What fastify.register itself puts into a plugin's options.
const fastifyOptions = ["prefix", "logLevel", "logSerializers"];

/** Checks the plugin's options. Throws FST_GRPC_OPENAPI_OPTION. */
export function resolveOptions(options: FastifyGrpcOpenapiOptions): ResolvedOptions {
  const known: string[] = ["openapi", "decorator", "routes", "check", ...documentOptions];
  for (const name of Object.keys(options)) {
    if (!known.includes(name) && !fastifyOptions.includes(name)) {
      throw new FST_GRPC_OPENAPI_OPTION(
        `unknown option ${JSON.stringify(name)}; there are: ${known.join(", ")}`,
      );
    }
  }
  for (const [name, allowed] of Object.entries(choices)) {
    const value = options[name as keyof FastifyGrpcOpenapiOptions];
    if (value !== undefined && !allowed.includes(value as string)) {
      throw new FST_GRPC_OPENAPI_OPTION(
        `${name} is ${JSON.stringify(value)}; give one of ${allowed.join(", ")}`,
      );
    }
  }
  const openapi = options.openapi ?? "3.0.3";
  try {
    versionOf(openapi);
  } catch (error) {
    throw new FST_GRPC_OPENAPI_OPTION(`openapi: ${(error as Error).message}`);
  }
  const document = Object.fromEntries(
    documentOptions.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])),
  );
  return {
    openapi,
    decorator: options.decorator ?? "swagger",
    routes: resolveRoutes(options.routes),
    check: options.check ?? "log",
    document,
  };
}

function resolveRoutes(routes: DocumentRoutes | false | undefined): DocumentRoutes {
  if (routes === false) return { json: false, yaml: false, gateways: false };
  for (const [name, path] of Object.entries(routes ?? {})) {
    if (path !== false && !(typeof path === "string" && path.startsWith("/"))) {
      throw new FST_GRPC_OPENAPI_OPTION(
        `routes.${name} is ${JSON.stringify(path)}; give a path that starts with "/", or false`,
      );
    }
  }
  return { gateways: "/openapi", ...routes };
}

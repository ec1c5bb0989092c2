import type { FastifyBaseLogger } from "fastify";
import {
  loadSchema,
  type Schema,
  SchemaError,
  type SchemaSource,
  type Transport,
} from "grpc-transcoding";
import { type FileSource, loadSchemaInTurns } from "grpc-transcoding/internal";
import { FST_GRPC_SCHEMA } from "../errors.ts";
import type { ResolvedOptions } from "../options/resolved-options.ts";

type SchemaOptions = Pick<
  ResolvedOptions,
  "proto" | "includeDirs" | "descriptorSet" | "schema" | "services" | "repeatedPathVariables"
>;

/**
 * The schema that a gateway's options name, or of another source by the same options. `inTurns` is for an app that serves
 * meanwhile: files are compiled in another thread. Throws FST_GRPC_SCHEMA with every problem, each with its place.
 */
export async function loadGatewaySchema(
  options: SchemaOptions,
  transport: Transport,
  log: FastifyBaseLogger,
  source: SchemaSource = sourceOf(options, transport),
  inTurns = false,
): Promise<Schema> {
  const { services, repeatedPathVariables } = options;
  const load = (chosen: SchemaOptionsOfLoad): Promise<Schema> =>
    inTurns && isOfFiles(source) ? loadSchemaInTurns(source, chosen) : loadSchema(source, chosen);
  try {
    return await load({
      ...(services !== undefined && { services }),
      repeatedPathVariables,
      onWarning: ({ message }) => log.warn(message),
    });
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    throw Object.assign(new FST_GRPC_SCHEMA(error.message), { cause: error });
  }
}

type SchemaOptionsOfLoad = NonNullable<Parameters<typeof loadSchema>[1]>;

/** Whether another thread can read it. */
function isOfFiles(source: SchemaSource): source is FileSource {
  return (
    "proto" in source || ("descriptorSet" in source && typeof source.descriptorSet === "string")
  );
}

function sourceOf(options: SchemaOptions, transport: Transport): SchemaSource {
  const { proto, includeDirs, descriptorSet, schema } = options;
  if (proto !== undefined) return { proto, includeDirs };
  if (descriptorSet !== undefined) return { descriptorSet };
  return schema === undefined ? { reflection: transport } : { schema };
}

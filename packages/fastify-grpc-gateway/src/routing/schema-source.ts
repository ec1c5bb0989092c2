import type { FastifyBaseLogger } from "fastify";
import {
  loadSchema,
  type Schema,
  SchemaError,
  type SchemaSource,
  type Transport,
} from "grpc-transcoding";
import { FST_GRPC_SCHEMA } from "../errors.ts";
import type { ResolvedOptions } from "../options/resolved-options.ts";

type SchemaOptions = Pick<
  ResolvedOptions,
  "proto" | "includeDirs" | "descriptorSet" | "schema" | "services" | "repeatedPathVariables"
>;

/** The schema that a gateway's options name, or of another source by the same options. Throws FST_GRPC_SCHEMA with every problem, each with its place. */
export async function loadGatewaySchema(
  options: SchemaOptions,
  transport: Transport,
  log: FastifyBaseLogger,
  source: SchemaSource = sourceOf(options, transport),
): Promise<Schema> {
  const { services, repeatedPathVariables } = options;
  try {
    return await loadSchema(source, {
      ...(services !== undefined && { services }),
      repeatedPathVariables,
      onWarning: ({ message }) => log.warn(message),
    });
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    throw Object.assign(new FST_GRPC_SCHEMA(error.message), { cause: error });
  }
}

function sourceOf(options: SchemaOptions, transport: Transport): SchemaSource {
  const { proto, includeDirs, descriptorSet, schema } = options;
  if (proto !== undefined) return { proto, includeDirs };
  if (descriptorSet !== undefined) return { descriptorSet };
  return schema === undefined ? { reflection: transport } : { schema };
}

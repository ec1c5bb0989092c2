import { rpcDetailTypes } from "grpc-transcoding/internal";
import type { DocumentContext } from "../context/document-context.ts";
import type { SchemaObject } from "../model/openapi.ts";

/** google.protobuf.Any in JSON: the type URL beside the message's own fields. */
export function anySchema(): SchemaObject {
  return {
    type: "object",
    description: "A message of any type, named by `@type`, with its fields beside it.",
    required: ["@type"],
    properties: { "@type": { type: "string", description: "The type URL of the message." } },
    additionalProperties: true,
  };
}

/**
 * A reference to the schema of one error detail: a known message told by its `@type`, or any other.
 * Known are the standard details and those that methods of the document declare.
 */
export function errorDetailSchema(context: DocumentContext): SchemaObject {
  const { components, schema } = context;
  return components.refNamed("fastify.grpc.v1.ErrorDetail", () => {
    const declared = context.source.bindings.flatMap(({ method }) =>
      method.errors.flatMap((error) => error.detailTypes),
    );
    const names = [...new Set([...standardDetails(), ...declared])];
    const known = names.flatMap((name) => {
      const message = schema.registry.getMessage(name);
      if (message === undefined) return [];
      return [{ allOf: [typeTag(name), components.ref(message)] }];
    });
    if (known.length === 0) return anySchema();
    return {
      description: "One detail of an error (google/rpc/error_details.proto).",
      anyOf: [...known, anyReference(context)],
    };
  });
}

// DebugInfo never leaves the gateway, but where it is being debugged.
function standardDetails(): readonly string[] {
  return rpcDetailTypes()
    .filter((name) => name !== "google.rpc.DebugInfo")
    .toSorted();
}

function anyReference({ components, schema }: DocumentContext): SchemaObject {
  const message = schema.registry.getMessage("google.protobuf.Any");
  return message ? components.ref(message) : components.refNamed("google.protobuf.Any", anySchema);
}

function typeTag(name: string): SchemaObject {
  return {
    type: "object",
    required: ["@type"],
    properties: { "@type": { type: "string", enum: [`type.googleapis.com/${name}`] } },
  };
}

import type { ErrorBodyFormat } from "grpc-transcoding";
import type { DocumentContext } from "../context/document-context.ts";
import type { SchemaObject } from "../model/openapi.ts";
import { errorDetailSchema } from "./error-detail.ts";

/** The media type of an error body. */
export function errorMediaType(format: ErrorBodyFormat): string {
  return format === "problem" ? "application/problem+json" : "application/json";
}

/** A reference to the schema of an error body, which becomes a component. */
export function errorBodySchema(format: ErrorBodyFormat, context: DocumentContext): SchemaObject {
  switch (format) {
    case "status":
      return statusReference(context);
    case "google":
      return context.components.refNamed("fastify.grpc.v1.GoogleError", () =>
        googleErrorSchema(context),
      );
    case "problem":
      return context.components.refNamed("fastify.grpc.v1.Problem", () => problemSchema(context));
  }
}

// The component of the message, where the schema has it, whatever its name is then.
function statusReference(context: DocumentContext): SchemaObject {
  const message = context.schema.registry.getMessage("google.rpc.Status");
  if (message !== undefined) return context.components.ref(message);
  return context.components.refNamed("google.rpc.Status", () => statusSchema(context));
}

/** The error of a stream that fails after its start: the body, without the wrapper of Google's format. */
export function streamErrorBody(context: DocumentContext): SchemaObject {
  const bodies = context.errors.bodyFormats.map((format) =>
    format === "google" ? googleErrorMember(context) : errorBodySchema(format, context),
  );
  const [only] = bodies;
  return bodies.length === 1 && only !== undefined ? only : { anyOf: bodies };
}

/** A reference to the item that ends a stream which fails after its start. */
export function streamErrorItem(context: DocumentContext): SchemaObject {
  return context.components.refNamed("fastify.grpc.v1.StreamError", () => ({
    type: "object",
    description: "The last item of a stream that fails after its start.",
    required: ["error"],
    properties: { error: streamErrorBody(context) },
  }));
}

/** google.rpc.Status (google/rpc/status.proto), its details as their known types. */
export function statusSchema(context: DocumentContext): SchemaObject {
  return {
    type: "object",
    description: "The error model of gRPC APIs: a code, a message for developers, and details.",
    properties: {
      code: { type: "integer", format: "int32", description: "A code of google.rpc.Code." },
      message: { type: "string", description: "A message for developers, in English." },
      details: {
        type: "array",
        description: "Messages that carry the error details.",
        items: errorDetailSchema(context),
      },
    },
  };
}

/** The JSON of AIP-193. */
function googleErrorSchema(context: DocumentContext): SchemaObject {
  return {
    type: "object",
    description: "An error as Google's JSON APIs answer it (AIP-193).",
    required: ["error"],
    properties: { error: googleErrorMember(context) },
  };
}

function googleErrorMember(context: DocumentContext): SchemaObject {
  return {
    type: "object",
    required: ["code", "message", "status"],
    properties: {
      code: { type: "integer", format: "int32", description: "The HTTP status." },
      message: { type: "string", description: "A message for developers, in English." },
      status: { type: "string", description: "The name of a google.rpc.Code." },
      details: { type: "array", items: errorDetailSchema(context) },
    },
  };
}

/** A problem of RFC 9457 with our extension members. */
function problemSchema(context: DocumentContext): SchemaObject {
  return {
    type: "object",
    description: "A problem (RFC 9457).",
    properties: {
      type: {
        type: "string",
        format: "uri-reference",
        description: "Identifies the kind of problem.",
      },
      title: { type: "string", description: "A short summary of the kind of problem." },
      status: { type: "integer", description: "The HTTP status." },
      detail: { type: "string", description: "What happened here." },
      instance: { type: "string", format: "uri-reference", description: "Where it happened." },
      code: { type: "string", description: "The name of a google.rpc.Code." },
      reason: { type: "string", description: "google.rpc.ErrorInfo.reason." },
      domain: { type: "string", description: "google.rpc.ErrorInfo.domain." },
      metadata: { type: "object", additionalProperties: { type: "string" } },
      errors: {
        type: "array",
        description: "What is wrong: of BadRequest, PreconditionFailure and QuotaFailure.",
        items: {
          type: "object",
          properties: {
            field: { type: "string", description: "The field of the request." },
            detail: { type: "string" },
            reason: { type: "string" },
          },
        },
      },
      retryAfterSeconds: { type: "number", description: "When to try again (RetryInfo)." },
      resource: { type: "object", description: "google.rpc.ResourceInfo." },
      requestId: { type: "string", description: "google.rpc.RequestInfo." },
      links: {
        type: "array",
        description: "Where to read more (Help).",
        items: {
          type: "object",
          properties: { description: { type: "string" }, url: { type: "string", format: "uri" } },
        },
      },
      details: { type: "array", description: "Other details.", items: errorDetailSchema(context) },
    },
  };
}

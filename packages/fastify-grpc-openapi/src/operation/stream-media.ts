import { type StreamEncoder, type StreamEnvelope, streamEncoders } from "grpc-transcoding";
import type { MediaTypeObject, SchemaObject } from "../model/openapi.ts";

/** The schemas of what a stream consists of. */
export interface StreamItems {
  /** One message. */
  readonly message: SchemaObject;
  /** The error body of a failure after the start. */
  readonly error: SchemaObject;
  /** The item of NDJSON and JSON arrays that carries such a body. */
  readonly errorItem: SchemaObject;
}

/**
 * The content of a server stream in every format that the gateway offers. OpenAPI 3.2 has a keyword
 * for the schema of one item; older versions get it under `schema`, and `x-stream` says so.
 */
export function streamContent(
  formats: readonly string[],
  envelope: StreamEnvelope,
  items: StreamItems,
): Record<string, MediaTypeObject> {
  const encoders = streamEncoders(envelope, formats as StreamEncoder["name"][]);
  const content: Record<string, MediaTypeObject> = {};
  for (const encoder of encoders) {
    // Of two formats with one media type the first is answered.
    content[encoder.contentType] ??= mediaOf(encoder.name, envelope, items);
  }
  return content;
}

function mediaOf(
  format: StreamEncoder["name"],
  envelope: StreamEnvelope,
  items: StreamItems,
): MediaTypeObject {
  if (format === "sse") {
    const events = [
      eventSchema(items.message),
      eventSchema(items.error, "error"),
      eventSchema(endSchema, "end"),
    ];
    const data: SchemaObject = { anyOf: [items.message, items.error, endSchema] };
    return { itemSchema: { anyOf: events }, "x-stream": { framing: "sse", item: data } };
  }
  const isEnveloped = envelope === "result" && format === "ndjson";
  const message = isEnveloped ? resultSchema(items.message) : items.message;
  const item: SchemaObject = { anyOf: [message, items.errorItem] };
  if (format === "json-array") return { schema: { type: "array", items: item } };
  return { itemSchema: item, "x-stream": { framing: "ndjson", item } };
}

function resultSchema(message: SchemaObject): SchemaObject {
  return { type: "object", required: ["result"], properties: { result: message } };
}

/** The data of the event that closes an event stream. */
const endSchema: SchemaObject = {
  type: "object",
  description: "The end of the stream, with the number of its messages.",
  required: ["count"],
  properties: { count: { type: "integer" } },
  additionalProperties: false,
};

// Server-sent events as OpenAPI 3.2 describes them: an object of the event's fields.
function eventSchema(data: SchemaObject, event?: string): SchemaObject {
  return {
    type: "object",
    required: event === undefined ? ["data"] : ["event", "data"],
    properties: {
      ...(event !== undefined && { event: { type: "string", const: event } }),
      data: { type: "string", contentMediaType: "application/json", contentSchema: data },
    },
  };
}

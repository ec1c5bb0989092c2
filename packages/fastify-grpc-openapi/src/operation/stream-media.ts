import type { MediaTypeObject, SchemaObject } from "../openapi.ts";

/** How a stream of JSON messages is framed, by the name of its encoder. */
export type StreamFraming = "ndjson" | "sse" | "json-array";

const mediaTypes: Readonly<Record<StreamFraming, string>> = {
  ndjson: "application/x-ndjson",
  sse: "text/event-stream",
  "json-array": "application/json",
};

/**
 * The content of a stream. OpenAPI 3.2 has a keyword for the schema of one item; older versions get
 * it under `schema`, and `x-stream` says so.
 */
export function streamMedia(framing: string, item: SchemaObject): Record<string, MediaTypeObject> {
  const known = framing as StreamFraming;
  const mediaType = mediaTypes[known];
  if (mediaType === undefined) return {};
  if (known === "json-array") return { [mediaType]: { schema: { type: "array", items: item } } };
  return {
    [mediaType]: {
      itemSchema: known === "sse" ? eventSchema(item) : item,
      "x-stream": { framing: known, item },
    },
  };
}

// Server-sent events as OpenAPI 3.2 describes them: an object of the event's fields.
function eventSchema(data: SchemaObject): SchemaObject {
  return {
    type: "object",
    required: ["data"],
    properties: {
      data: { type: "string", contentMediaType: "application/json", contentSchema: data },
      event: { type: "string" },
      id: { type: "string" },
    },
  };
}

import { frame, onOneLine } from "./chunk.ts";
import type { StreamEncoder } from "./stream-encoder.ts";

const data = Buffer.from("data: ");
const eventEnd = Buffer.from("\n\n");

/**
 * Server-sent events (WHATWG HTML, section 9.2). Messages are events of the default type, a failure is
 * an `error` event, and the stream closes with an `end` event: without one an EventSource cannot tell
 * the end from a broken connection, and calls again.
 */
export const serverSentEvents: StreamEncoder = {
  name: "sse",
  contentType: "text/event-stream",
  start: () => "",
  message: (json) => frame(data, json, eventEnd),
  frame: { first: "data: ", before: "data: ", after: "\n\n" },
  error: (body) => `event: error\ndata: ${onOneLine(body)}\n\n`,
  // An event without data would not be dispatched.
  end: (count) => `event: end\ndata: {"count":${count}}\n\n`,
  mediaObject: ({ message, error }) => ({
    itemSchema: {
      anyOf: [eventSchema(message), eventSchema(error, "error"), eventSchema(endSchema, "end")],
    },
    "x-stream": { framing: "sse", item: { anyOf: [message, error, endSchema] } },
  }),
};

/** The data of the event that closes an event stream. */
const endSchema = {
  type: "object",
  description: "The end of the stream, with the number of its messages.",
  required: ["count"],
  properties: { count: { type: "integer" } },
  additionalProperties: false,
};

// Server-sent events as OpenAPI 3.2 describes them: an object of the event's fields.
function eventSchema(data: object, event?: string): object {
  return {
    type: "object",
    required: event === undefined ? ["data"] : ["event", "data"],
    properties: {
      ...(event !== undefined && { event: { type: "string", const: event } }),
      data: { type: "string", contentMediaType: "application/json", contentSchema: data },
    },
  };
}

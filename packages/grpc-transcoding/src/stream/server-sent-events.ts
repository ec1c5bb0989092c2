import { frame, onOneLine } from "./chunk.ts";
import type { StreamEncoder, StreamEvent, StreamItems } from "./stream-encoder.ts";

const data = Buffer.from("data: ");
const eventEnd = Buffer.from("\n\n");

/**
 * Server-sent events (WHATWG HTML, section 9.2). Messages are events of the type that a field names, or of the default
 * one; a failure is an `error` event, and the stream closes with an `end` event: without one an EventSource cannot
 * tell the end from a broken connection, and calls again.
 */
export const serverSentEvents: StreamEncoder = {
  name: "sse",
  contentType: "text/event-stream",
  start: () => "",
  message(json, _index, event) {
    if (event === undefined) return frame(data, json, eventEnd);
    return frame(Buffer.from(`${linesOf(event)}data: `), json, eventEnd);
  },
  frame: { first: "data: ", before: "data: ", after: "\n\n" },
  // A comment: it keeps proxies from closing what seems to be idle.
  heartbeat: () => ":\n\n",
  error: (body) => `event: error\ndata: ${onOneLine(body)}\n\n`,
  // An event without data would not be dispatched.
  end: (count) => `event: end\ndata: {"count":${count}}\n\n`,
  mediaObject: ({ message, error, event }) => ({
    itemSchema: {
      anyOf: [
        messageSchema(message, event),
        eventSchema(error, "error"),
        eventSchema(endSchema, "end"),
      ],
    },
    "x-stream": {
      framing: "sse",
      item: { anyOf: [message, error, endSchema] },
      ...(event !== undefined && { event }),
    },
  }),
};

function linesOf({ id, event, retry }: StreamEvent): string {
  const first = id === undefined ? "" : `id: ${id}\n`;
  const second = event === undefined ? "" : `event: ${event}\n`;
  return retry === undefined ? first + second : `${first}${second}retry: ${retry}\n`;
}

/** The data of the event that closes an event stream. */
const endSchema = {
  type: "object",
  description: "The end of the stream, with the number of its messages.",
  required: ["count"],
  properties: { count: { type: "integer" } },
  additionalProperties: false,
};

function messageSchema(message: object, { id, event, retry }: StreamItems["event"] = {}): object {
  const lines = {
    ...(id !== undefined && { id }),
    ...(event !== undefined && { event }),
    ...(retry !== undefined && { retry }),
  };
  return {
    type: "object",
    required: ["data"],
    properties: { ...lines, data: dataSchema(message) },
  };
}

// Server-sent events as OpenAPI 3.2 describes them: an object of the event's fields.
function eventSchema(data: object, event: string): object {
  return {
    type: "object",
    required: ["event", "data"],
    properties: { event: { type: "string", const: event }, data: dataSchema(data) },
  };
}

function dataSchema(data: object): object {
  return { type: "string", contentMediaType: "application/json", contentSchema: data };
}

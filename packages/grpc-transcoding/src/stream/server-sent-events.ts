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
  mediaTypes: ["text/event-stream"],
  start: () => "",
  message: (json) => frame(data, json, eventEnd),
  error: (body) => `event: error\ndata: ${onOneLine(body)}\n\n`,
  // An event without data would not be dispatched.
  end: (count) => `event: end\ndata: {"count":${count}}\n\n`,
};

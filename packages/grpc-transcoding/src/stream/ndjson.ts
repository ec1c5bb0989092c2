import { frame, onOneLine } from "./chunk.ts";
import type { StreamEncoder } from "./stream-encoder.ts";

const none = Buffer.alloc(0);
const lineEnd = Buffer.from("\n");
const resultStart = Buffer.from('{"result":');
const resultEnd = Buffer.from("}\n");

const others = ["application/ndjson", "application/jsonl"];

/** One message a line; a failure is a last line `{"error":…}`. */
export const ndjson: StreamEncoder = {
  name: "ndjson",
  contentType: "application/x-ndjson",
  mediaTypes: others,
  start: () => "",
  message: (json) => frame(none, json, lineEnd),
  frame: { first: "", before: "", after: "\n" },
  error: (body) => `{"error":${onOneLine(body)}}\n`,
  end: () => "",
  mediaObject: ({ message, errorItem }) => ({ itemSchema: { anyOf: [message, errorItem] } }),
};

/**
 * The lines of grpc-gateway v2: `{"result":…}` for each message, `{"error":…}` for a failure, as
 * `application/json` (runtime/handler.go).
 */
export const resultLines: StreamEncoder = {
  ...ndjson,
  contentType: "application/json",
  mediaTypes: [ndjson.contentType, ...others],
  message: (json) => frame(resultStart, json, resultEnd),
  frame: { first: '{"result":', before: '{"result":', after: "}\n" },
  mediaObject({ message, errorItem }) {
    const result = { type: "object", required: ["result"], properties: { result: message } };
    return { itemSchema: { anyOf: [result, errorItem] } };
  },
};

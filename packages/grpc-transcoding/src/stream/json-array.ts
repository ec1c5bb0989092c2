import { frame } from "./chunk.ts";
import type { StreamEncoder } from "./stream-encoder.ts";

const none = Buffer.alloc(0);
const comma = Buffer.from(",");

/** One JSON array of all messages; a failure is its last element, `{"error":…}`. */
export const jsonArray: StreamEncoder = {
  name: "json-array",
  contentType: "application/json",
  start: () => "[",
  message: (json, index) => frame(index === 0 ? none : comma, json, none),
  frame: { first: "", before: ",", after: "" },
  error: (body, index) => `${index === 0 ? "" : ","}{"error":${body}}]`,
  end: () => "]",
  mediaObject: ({ message, errorItem }) => ({
    schema: { type: "array", items: { anyOf: [message, errorItem] } },
  }),
};

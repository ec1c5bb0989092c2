import type { StreamEncoder, StreamItems } from "grpc-transcoding";
import type { MediaTypeObject } from "../model/openapi.ts";

/**
 * The content of a server stream in every format that the gateway offers, as its encoder shows it. OpenAPI 3.2 has a
 * keyword for the schema of one item; older versions get it under `schema`, and `x-stream` says so.
 */
export function streamContent(
  encoders: readonly StreamEncoder[],
  items: StreamItems,
): Record<string, MediaTypeObject> {
  const content: Record<string, MediaTypeObject> = {};
  for (const encoder of encoders) {
    // Of two formats with one media type the first is answered.
    content[encoder.contentType] ??= mediaOf(encoder, items);
  }
  return content;
}

function mediaOf(encoder: StreamEncoder, items: StreamItems): MediaTypeObject {
  const { itemSchema, ...media } = { ...encoder.mediaObject?.(items) } as MediaTypeObject;
  if (itemSchema === undefined) return media;
  return { itemSchema, "x-stream": { framing: encoder.name, item: itemSchema }, ...media };
}

import { parseAccept, rateMediaType } from "./accept.ts";
import { jsonArray } from "./json-array.ts";
import { ndjson, resultLines } from "./ndjson.ts";
import { serverSentEvents } from "./server-sent-events.ts";
import type { StreamEncoder } from "./stream-encoder.ts";

/** How messages stand on their lines: bare, or in grpc-gateway's `{"result":…}`. */
export type StreamEnvelope = "bare" | "result";

/** The formats of streams that a gateway offers, by default all of them; the first is for clients that do not care. */
export function streamEncoders(
  envelope: StreamEnvelope = "bare",
  names: readonly StreamEncoder["name"][] = ["ndjson", "sse", "json-array"],
): readonly StreamEncoder[] {
  const byName: Readonly<Record<string, StreamEncoder>> = {
    ndjson: envelope === "result" ? resultLines : ndjson,
    sse: serverSentEvents,
    "json-array": jsonArray,
  };
  return names.map((name) => {
    const encoder = Object.hasOwn(byName, name) ? byName[name] : undefined;
    if (encoder === undefined) {
      throw new TypeError(
        `${JSON.stringify(name)} is no stream format; there are ${Object.keys(byName).join(", ")}`,
      );
    }
    return encoder;
  });
}

/**
 * The encoder that an `Accept` header asks for: highest quality first, then the range that names it most
 * exactly, then the order of `encoders`. Without a header the first. Undefined: none will do (406).
 */
export function selectStreamEncoder(
  encoders: readonly StreamEncoder[],
  accept: string | undefined,
): StreamEncoder | undefined {
  if (accept === undefined || accept.trim() === "") return encoders[0];
  const ranges = parseAccept(accept);
  let best: StreamEncoder | undefined;
  let bestQuality = 0;
  let bestExactness = 0;
  for (const encoder of encoders) {
    // Refused by its own name: then an alias that a wildcard covers is no way around.
    if (ranges.some(({ type, quality }) => type === encoder.contentType && quality === 0)) continue;
    for (const mediaType of encoder.mediaTypes) {
      const { quality, exactness } = rateMediaType(mediaType, ranges);
      const isBetter =
        quality > bestQuality || (quality === bestQuality && exactness > bestExactness);
      if (quality === 0 || !isBetter) continue;
      best = encoder;
      bestQuality = quality;
      bestExactness = exactness;
    }
  }
  return best;
}

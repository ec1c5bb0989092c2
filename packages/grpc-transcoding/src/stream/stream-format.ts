import { parseAccept, rateMediaType } from "./accept.ts";
import { jsonArray } from "./json-array.ts";
import { ndjson, resultLines } from "./ndjson.ts";
import { serverSentEvents } from "./server-sent-events.ts";
import type { StreamEncoder } from "./stream-encoder.ts";

/** How messages stand on their lines: bare, or in grpc-gateway's `{"result":…}`. */
export type StreamEnvelope = "bare" | "result";

/** A format that is there without an encoder of the user's. */
export type StreamFormatName = "ndjson" | "sse" | "json-array";

/** A format of streams: one that is there, by name, or an encoder of the user's. */
export type StreamFormat = StreamFormatName | StreamEncoder;

/** The one list of formats: each with its encoder, which may depend on the envelope. */
const builtIn: Readonly<Record<StreamFormatName, (envelope: StreamEnvelope) => StreamEncoder>> = {
  ndjson: (envelope) => (envelope === "result" ? resultLines : ndjson),
  sse: () => serverSentEvents,
  "json-array": () => jsonArray,
};

/** The names of the formats that are there; all of them are the default, the first for clients that do not care. */
export const streamFormatNames: readonly StreamFormatName[] = Object.keys(
  builtIn,
) as StreamFormatName[];

/** The encoders of formats. Throws a TypeError for a name that is none. */
export function streamEncoders(
  envelope: StreamEnvelope = "bare",
  formats: readonly StreamFormat[] = streamFormatNames,
): readonly StreamEncoder[] {
  return formats.map((format) => {
    if (typeof format === "object") return format;
    if (Object.hasOwn(builtIn, format)) return builtIn[format](envelope);
    throw new TypeError(
      `${JSON.stringify(format)} is no stream format; there are ${streamFormatNames.join(", ")}`,
    );
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
    const own = withoutParameters(encoder.contentType);
    // Refused by its own name: then an alias that a wildcard covers is no way around.
    if (ranges.some(({ type, quality }) => type === own && quality === 0)) continue;
    for (const mediaType of [own, ...(encoder.mediaTypes ?? [])]) {
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

function withoutParameters(contentType: string): string {
  return (contentType.split(";", 1)[0] as string).trim().toLowerCase();
}

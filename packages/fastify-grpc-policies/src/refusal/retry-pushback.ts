import type { MetadataEntry } from "grpc-transcoding";

const maxPushbackMs = 2 ** 31 - 1;

/** The trailer by which gRPC clients learn when to retry (gRFC A6); a negative value, for `Infinity`, is "do not". */
export function retryPushback(waitMs: number): MetadataEntry {
  const value =
    waitMs === Number.POSITIVE_INFINITY ? -1 : Math.min(maxPushbackMs, Math.ceil(waitMs));
  return ["grpc-retry-pushback-ms", String(value)];
}

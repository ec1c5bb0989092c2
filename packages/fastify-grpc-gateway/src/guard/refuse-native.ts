import type { ServerHttp2Stream } from "node:http2";
import { Code, encodeStatusDetails, type Failure, statusDetailsKey } from "grpc-transcoding";
import {
  detailType,
  isDeniedResponseHeader,
  isFieldValue,
  visibleStatus,
} from "grpc-transcoding/internal";
import { answerStatus, type RefusedStatus } from "../one-port/trailers-only.ts";

/** What gRPC itself reserves is only sent where it is meant for clients: gRFC A6. */
function maySend(key: string): boolean {
  return key === "grpc-retry-pushback-ms" || !isDeniedResponseHeader(key);
}

// The trailers of an answer: many clients take no more than 8 KiB of metadata.
const maxTrailerBytes = 4 * 1024;
const maxDetailsBytes = 8 * 1024;

// RFC 9110 section 5.6.2; Node throws for any other.
const fieldName = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;

const shown = { debug: false, maskInternal: true } as const;

/** Ends a native call with a failure: what clients of REST may see of it, its details and its metadata as trailers. */
export function refuseNative(
  stream: ServerHttp2Stream,
  failure: Failure,
  requestId: string | undefined,
): void {
  answerStatus(stream, statusOf(failure, requestId));
}

/** A failure may be the app's own, of any shape: one that cannot be told refuses the call all the same. */
function statusOf(failure: Failure, requestId: string | undefined): RefusedStatus {
  try {
    const { code, message } = visibleStatus(
      { ...failure, status: { ...failure.status, details: [] } },
      requestId === undefined ? {} : { requestId },
      shown,
    );
    const details = failure.status.details.filter(
      (detail) => detailType(detail) !== "google.rpc.DebugInfo",
    );
    const trailers = asTrailers([
      ...Object.entries(failure.http?.headers ?? {}),
      ...(failure.trailers ?? []),
    ]);
    if (details.length > 0) {
      const encoded = encodeStatusDetails({ code, message, details }).toString("base64");
      if (encoded.length <= maxDetailsBytes) trailers[statusDetailsKey] = encoded;
    }
    return { code, message: String(message), trailers };
  } catch {
    return { code: Code.INTERNAL, message: "the call was refused", trailers: {} };
  }
}

/** What may stand among the trailers; the rest, and what would make them too many, is left out. */
export function asTrailers(
  entries: Iterable<readonly [name: string, value: unknown]>,
): Record<string, string> {
  const trailers: Record<string, string> = {};
  let bytes = 0;
  for (const [name, value] of entries) {
    const key = name.toLowerCase();
    if (value === undefined || !maySend(key)) continue;
    const text =
      value instanceof Uint8Array ? Buffer.from(value).toString("base64") : String(value);
    bytes += key.length + text.length;
    if (fieldName.test(key) && isFieldValue(text) && bytes <= maxTrailerBytes) trailers[key] = text;
  }
  return trailers;
}

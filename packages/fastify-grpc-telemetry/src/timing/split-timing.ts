import type { CallEnd } from "grpc-transcoding";

/** Where the milliseconds of a call went; undefined where it has no such part. */
export interface SplitTiming {
  /** Until the service had it, decoding aside: hooks, the body, policies, a bulkhead. */
  readonly queue: number | undefined;
  /** JSON to protobuf, of requests that are one message. */
  readonly transcodeIn: number | undefined;
  /** From the first attempt to the service's status. */
  readonly upstream: number | undefined;
  /** Protobuf to JSON; of a stream, the sum for its messages, which runs while the service goes on. */
  readonly transcodeOut: number | undefined;
}

/** Reads the parts of a call from its points in time. */
export function splitTiming({ began, ended, timing }: CallEnd): SplitTiming {
  const { selected, decoded, dispatched, answered, encoded, encodingMs } = timing;
  if (selected === undefined) {
    return {
      queue: undefined,
      transcodeIn: undefined,
      upstream: undefined,
      transcodeOut: undefined,
    };
  }
  const sent = dispatched ?? decoded ?? selected;
  const single = encoded === undefined || answered === undefined ? undefined : encoded - answered;
  return {
    queue: selected - began + sent - (decoded ?? selected),
    transcodeIn: decoded === undefined ? undefined : decoded - selected,
    upstream: (answered ?? ended) - sent,
    transcodeOut: encodingMs ?? single,
  };
}

import type { StreamEncoder } from "grpc-transcoding";
import type { EventReader, ResponseEncoder } from "grpc-transcoding/internal";

/** How the messages of one response are put into its body: by an encoder, or, for google.api.HttpBody, as they are. */
export interface StreamFraming {
  /** Whether the body is server-sent events, whose clients send a `Last-Event-ID`. */
  readonly isEventStream: boolean;
  /** The Content-Type of a response that begins with this message; undefined: it ends without any. */
  contentType(first: Uint8Array | undefined): string;
  start(): string;
  /** Messages as one chunk; `index` counts those before them. Throws where one of them cannot be encoded. */
  chunk(messages: readonly Uint8Array[], index: number): Uint8Array;
  /** What tells a failure within the body; undefined where nothing can. */
  error(body: string, index: number): string | undefined;
  end(count: number): string;
  /** What is sent while there is nothing else; undefined where nothing can be. */
  readonly heartbeat: (() => string) | undefined;
}

/** Messages as JSON, framed by a stream encoder; an event stream has what `readEvent` reads of each, too. */
export function encodedFraming(
  encoder: StreamEncoder,
  transcoder: ResponseEncoder,
  readEvent?: EventReader,
): StreamFraming {
  const isEventStream = /^text\/event-stream *(?:;|$)/i.test(encoder.contentType);
  return {
    isEventStream,
    contentType: () => encoder.contentType,
    start: () => encoder.start(),
    chunk: chunksOf(encoder, transcoder, isEventStream ? readEvent : undefined),
    error: (body, index) => encoder.error(body, index),
    end: (count) => encoder.end(count),
    heartbeat: encoder.heartbeat && (() => encoder.heartbeat?.() ?? ""),
  };
}

function chunksOf(
  encoder: StreamEncoder,
  transcoder: ResponseEncoder,
  readEvent: EventReader | undefined,
): StreamFraming["chunk"] {
  const { frame } = encoder;
  if (frame !== undefined && readEvent === undefined) {
    return (messages, index) => transcoder.encodeResponses(messages, index, frame);
  }
  const framed = (bytes: Uint8Array, index: number): Uint8Array =>
    encoder.message(transcoder.encodeResponse(bytes), index, readEvent?.(bytes));
  return (messages, index) => Buffer.concat(messages.map((bytes, i) => framed(bytes, index + i)));
}

/**
 * The data of google.api.HttpBody messages, one behind the other, with the type of the first
 * (google/api/httpbody.proto). A text about a failure would be a part of the file.
 */
export function rawFraming(transcoder: ResponseEncoder): StreamFraming {
  return {
    isEventStream: false,
    contentType: (first) =>
      first === undefined ? "application/octet-stream" : transcoder.responseContentType(first),
    start: () => "",
    chunk: (messages) =>
      messages.length === 1
        ? transcoder.encodeResponse(messages[0] as Uint8Array)
        : Buffer.concat(messages.map((message) => transcoder.encodeResponse(message))),
    error: () => undefined,
    end: () => "",
    heartbeat: undefined,
  };
}

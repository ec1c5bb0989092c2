import type { MessageFrame } from "../json/json-codec.ts";

/**
 * How a stream of JSON messages is framed in one HTTP response body. Its functions are called in the order of
 * the body; what one of them throws is a failure of the stream.
 */
export interface StreamEncoder {
  /** The format's name in documents. */
  readonly name: string;
  /** The response's Content-Type, by which a client asks for it in `Accept`. */
  readonly contentType: string;
  /** Other media types of `Accept` that choose this encoder: in lower case, without parameters. @default none */
  readonly mediaTypes?: readonly string[];
  /** What the body starts with; empty when there is nothing to send before the first message. */
  start(): string;
  /**
   * One message (its complete JSON text in UTF-8) as the chunk to write. `index` counts from 0. `event` is what the
   * message says of itself as an event, of a method with event fields, to encoders of `text/event-stream`.
   */
  message(json: Buffer, index: number, event?: StreamEvent): Uint8Array;
  /**
   * A chunk that readers skip, for a stream that has nothing to send: it may come before the first message, and between
   * any two. Without it such a stream is silent. @default none
   */
  heartbeat?(): string;
  /**
   * The constant texts around a message, where {@link message} adds nothing else to it: the gateway then prints many
   * messages at once, and does not call it, but for those that have an `event`. @default none
   */
  readonly frame?: MessageFrame;
  /**
   * The chunk that tells a failure after the response has begun, and ends the body; `body` is the mapper's JSON, on
   * any number of lines. `index` is the number of messages.
   */
  error(body: string, index: number): string;
  /** What the body ends with after the last message. `count` is the number of messages. */
  end(count: number): string;
  /** What an OpenAPI document shows under the content type. Without it no more than that there is one. */
  mediaObject?(items: StreamItems): StreamMedia;
}

/**
 * What a message says of itself as a server-sent event (WHATWG HTML, section 9.2). None has a line break or a NUL; a
 * value that would, or that is empty, is left out.
 */
export interface StreamEvent {
  readonly id?: string | undefined;
  /** Never `"error"` or `"end"`, which tell how a stream ends. */
  readonly event?: string | undefined;
  /** Milliseconds: digits. */
  readonly retry?: string | undefined;
}

/** The JSON schemas of what a stream consists of, for documents. */
export interface StreamItems {
  /** One message. */
  readonly message: object;
  /** The members of {@link StreamEvent} that messages have. @default none */
  readonly event?: { readonly [K in keyof StreamEvent]?: object };
  /** The error body of a failure after the start. */
  readonly error: object;
  /** An object that holds such a body as its `error`. */
  readonly errorItem: object;
}

/** A media type object of OpenAPI 3.2; documents of older versions are made from it. */
export interface StreamMedia {
  /** Of the whole body, where that is JSON. */
  readonly schema?: object;
  /** Of one item of a body that is a sequence of them. */
  readonly itemSchema?: object;
  /**
   * For versions without `itemSchema`: how items are told apart, one item, and what stands beside it.
   * @default the name and `itemSchema`
   */
  readonly "x-stream"?: {
    readonly framing: string;
    readonly item: object;
    readonly event?: StreamItems["event"];
  };
}

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
  /** One message (its complete JSON text in UTF-8) as the chunk to write. `index` counts from 0. */
  message(json: Buffer, index: number): Uint8Array;
  /**
   * The constant texts around a message, where {@link message} adds nothing else to it: the gateway then prints many
   * messages at once, and does not call it. @default none
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

/** The JSON schemas of what a stream consists of, for documents. */
export interface StreamItems {
  /** One message. */
  readonly message: object;
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
  /** For versions without `itemSchema`: how items are told apart, and one item. @default the name and `itemSchema` */
  readonly "x-stream"?: { readonly framing: string; readonly item: object };
}

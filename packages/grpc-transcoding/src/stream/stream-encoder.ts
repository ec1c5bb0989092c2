/** How a stream of JSON messages is framed in one HTTP response body. */
export interface StreamEncoder {
  /** The name in options and documents. */
  readonly name: "ndjson" | "sse" | "json-array";
  /** The response's Content-Type. */
  readonly contentType: string;
  /** The media types of `Accept` that choose this encoder. */
  readonly mediaTypes: readonly string[];
  /** What the body starts with; empty when there is nothing to send before the first message. */
  start(): string;
  /** One message (its complete JSON bytes) as the chunk to write. `index` counts from 0. */
  message(json: Uint8Array, index: number): Uint8Array;
  /** The chunk that tells a failure after the response has begun; `body` is the mapper's JSON. */
  error(body: string, index: number): string;
  /** What the body ends with after the last message. `count` is the number of messages. */
  end(count: number): string;
}

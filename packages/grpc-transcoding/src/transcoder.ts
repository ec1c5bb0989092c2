/**
 * Turns the parts of an HTTP request into protobuf bytes, and protobuf bytes into the response.
 * Compiled once per binding; looks nothing up per request.
 */
export interface MethodTranscoder {
  /**
   * The request message's bytes. `captures` as the route table gives them, `rawQuery` without its `?`,
   * `body` as received (empty for none).
   * Throws a {@link StatusError} with INVALID_ARGUMENT and BadRequest field violations.
   */
  decodeRequest(captures: readonly string[], rawQuery: string, body: Uint8Array): Buffer;
  /** The response message's bytes as JSON text. Throws a {@link StatusError} with INTERNAL for malformed bytes. */
  encodeResponse(bytes: Uint8Array): Buffer;
}

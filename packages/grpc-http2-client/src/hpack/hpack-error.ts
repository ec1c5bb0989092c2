/**
 * A header block that no decoder can read (RFC 7541): the decoding state is lost with it, so the
 * connection ends with COMPRESSION_ERROR (RFC 9113 §4.3).
 */
export class HpackError extends Error {
  override readonly name = "HpackError";
}

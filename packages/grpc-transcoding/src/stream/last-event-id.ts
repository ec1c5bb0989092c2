import { isUtf8 } from "node:buffer";
import type { FieldPath } from "../model/field-path.ts";
import type { HttpBinding } from "../model/schema.ts";
import { gatewayError } from "../status/status-error.ts";
import { compileTranscoder, type TranscoderOptions } from "../transcoder.ts";

/**
 * Compiles what a `Last-Event-ID` is in a request: the bytes of a message with that field alone. Behind the request's own
 * they take the place of its value (protobuf: the last one counts, and messages are merged). Throws a StatusError
 * (400) for a value that the field cannot have.
 */
export function compileLastEventId(
  binding: HttpBinding,
  field: FieldPath,
  options: Pick<TranscoderOptions, "codec">,
): (header: string) => Buffer {
  const alone: HttpBinding = { ...binding, httpMethod: "GET", pathVariables: [], body: undefined };
  const { decodeRequest } = compileTranscoder(alone, options);
  const none = new Uint8Array(0);
  return (header) => {
    // Clients send the id in UTF-8; Node has a character for each byte.
    const bytes = Buffer.from(header, "latin1");
    if (!isUtf8(bytes)) throw gatewayError("the Last-Event-ID is not UTF-8");
    return decodeRequest([], `${field.path}=${encodeURIComponent(bytes.toString())}`, none);
  };
}

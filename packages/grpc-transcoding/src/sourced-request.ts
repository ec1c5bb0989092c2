import { isUtf8 } from "node:buffer";
import type { HttpBinding } from "./model/schema.ts";
import type { SourcedField } from "./request/bind-path.ts";
import { gatewayError } from "./status/status-error.ts";
import { compileTranscoder, type MethodTranscoder, type TranscoderOptions } from "./transcoder.ts";

type DecodeRequest = MethodTranscoder["decodeRequest"];

/**
 * Decodes requests of which headers and cookies give some fields. `values` are those of the sources, in their order, as Node has
 * headers; undefined for what was not sent: then the request itself says what its field is. Throws as
 * {@link MethodTranscoder.decodeRequest} does, and names the source.
 */
export type DecodeSourcedRequest = (
  values: readonly (string | undefined)[],
  ...request: Parameters<DecodeRequest>
) => Buffer;

/** Which of many headers are sent is the client's choice, of 2^n. */
const maxDecoders = 32;

/** Compiles it: one decoder for each set of headers that is sent, when it is first sent. */
export function compileSourcedRequest(
  binding: HttpBinding,
  sources: readonly SourcedField[],
  options: TranscoderOptions,
): DecodeSourcedRequest {
  const decoders = new Map<string, DecodeRequest>();

  function decoderOf(sent: readonly number[]): DecodeRequest {
    const key = sent.join();
    const known = decoders.get(key);
    if (known !== undefined) return known;
    const chosen = sent.map((i) => sources[i] as SourcedField);
    const { decodeRequest } = compileTranscoder(binding, { ...options, sources: chosen });
    const [oldest] = decoders.keys();
    if (decoders.size >= maxDecoders && oldest !== undefined) decoders.delete(oldest);
    decoders.set(key, decodeRequest);
    return decodeRequest;
  }

  return (values, captures, ...rest) => {
    const sent = [...values.keys()].filter((i) => values[i] !== undefined);
    const texts = sent.map((i) => utf8Text(values[i] ?? "", sources[i]?.label ?? ""));
    return decoderOf(sent)([...captures, ...texts], ...rest);
  };
}

/** Clients send UTF-8; Node has a character for each byte. */
function utf8Text(text: string, label: string): string {
  const bytes = Buffer.from(text, "latin1");
  if (!isUtf8(bytes)) throw gatewayError(`${label}: is not UTF-8`);
  return bytes.toString();
}

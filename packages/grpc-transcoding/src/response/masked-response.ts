import type { DescMessage } from "@bufbuild/protobuf";
import type { JsonCodec } from "../json/json-codec.ts";
import { type FieldTree, maskField, maskMessage } from "../json/masked-message.ts";
import { isSpecialMessage } from "../json/well-known/special-messages.ts";
import type { HttpBinding } from "../model/schema.ts";
import { isHttpBody } from "./http-body.ts";
import { compileResponseEncoder, type ResponseEncoder } from "./response-encoder.ts";

/** The message whose fields a mask of a binding's responses names; undefined where they have none. */
export function maskedMessage({ method, responseBody }: HttpBinding): DescMessage | undefined {
  const message = responseBody === undefined ? method.output : responseBody.message;
  return message === undefined || isSpecialMessage(message) || isHttpBody(message)
    ? undefined
    : message;
}

/** Compiles responses of which a client wants some fields; skips the others by their length. */
export function compileMaskedResponse(
  binding: HttpBinding,
  codec: Pick<JsonCodec, "maskedPrinters">,
  wanted: FieldTree,
): ResponseEncoder {
  const { method, responseBody } = binding;
  const masked: HttpBinding =
    responseBody === undefined
      ? { ...binding, method: { ...method, output: maskMessage(method.output, wanted) } }
      : { ...binding, responseBody: maskField(responseBody, wanted) };
  return compileResponseEncoder(masked, codec.maskedPrinters());
}

import type { DescField, DescMessage } from "@bufbuild/protobuf";
import type { HttpBinding } from "../model/schema.ts";
import { isHttpBody, writeHttpBody } from "../response/http-body.ts";
import { writeMessageField } from "./message-field.ts";

/** The protobuf bytes that a google.api.HttpBody, as it came, gives to the request. */
export type RawBody = (data: Uint8Array, contentType: string | undefined) => Uint8Array;

/** Compiles the bytes of a body that is no JSON; undefined for bindings without a google.api.HttpBody. */
export function compileRawBody({ body, method }: HttpBinding): RawBody | undefined {
  if (body === undefined || !isHttpBody(bodyMessage(body, method.input))) return undefined;
  return (data, contentType = "") => {
    const message = writeHttpBody({ contentType, data });
    return body === "*" ? message : writeMessageField(body, message);
  };
}

function bodyMessage(body: "*" | DescField, input: DescMessage): DescMessage | undefined {
  if (body === "*") return input;
  return body.fieldKind === "message" ? body.message : undefined;
}

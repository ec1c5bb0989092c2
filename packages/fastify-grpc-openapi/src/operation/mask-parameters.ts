import type { HttpBinding } from "grpc-transcoding";
import { maskedMessage } from "grpc-transcoding/internal";
import type { DocumentContext } from "../context/document-context.ts";
import type { ParameterObject } from "../model/openapi.ts";

/** The parameter that lays a response out for people. */
export function prettyParameters(
  { method }: HttpBinding,
  { source }: DocumentContext,
): ParameterObject[] {
  const isOwn = method.input.fields.some(({ jsonName }) => jsonName === "pretty");
  if (!source.prettyPrint || isOwn || method.serverStreaming) return [];
  const description = "Whether the response is laid out for people to read.";
  return [{ name: "pretty", in: "query", description, schema: { type: "boolean" } }];
}

/** The parameters by which a client chooses the fields of a response (AIP-157). */
export function maskParameters(
  binding: HttpBinding,
  { source }: DocumentContext,
): ParameterObject[] {
  if (!source.partialResponses || maskedMessage(binding) === undefined) return [];
  const { fields } = binding.method.input;
  const isOwn = fields.some(({ name, jsonName }) => name === "fields" || jsonName === "fields");
  const description =
    "The fields of the response that are wanted, with commas between; all without it.";
  const schema = { type: "string" };
  return [
    { name: isOwn ? "$fields" : "fields", in: "query", description, schema },
    { name: "X-Goog-FieldMask", in: "header", description, schema },
  ];
}

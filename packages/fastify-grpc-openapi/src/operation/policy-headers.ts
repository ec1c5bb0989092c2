import type { DocumentedHeader, HttpBinding } from "grpc-transcoding";
import type { DocumentContext } from "../context/document-context.ts";
import type { HeaderObject, ParameterObject, SchemaObject } from "../model/openapi.ts";

/** The request headers that the gateway's policies read. */
export function policyParameters(
  { method }: HttpBinding,
  { source }: DocumentContext,
): ParameterObject[] {
  return (source.policies ?? [])
    .flatMap((policy) => policy.headersOf?.(method).request ?? [])
    .map(({ name, description, required, schema }) => ({
      name,
      in: "header",
      description,
      ...(required && { required }),
      schema: schema as SchemaObject,
    }));
}

/** The response headers that they set where a call succeeds. */
export function policyHeaders(
  { method }: HttpBinding,
  { source }: DocumentContext,
): Record<string, HeaderObject> {
  const headers = (source.policies ?? []).flatMap(
    (policy): readonly DocumentedHeader[] => policy.headersOf?.(method).response ?? [],
  );
  return Object.fromEntries(
    headers.map(({ name, description, schema }) => [
      name,
      { description, schema: schema as SchemaObject },
    ]),
  );
}

import type { DescField } from "@bufbuild/protobuf";
import type { HttpBinding } from "grpc-transcoding";
import type { DocumentContext } from "../context/document-context.ts";
import { restOf } from "../context/rest-of.ts";
import type { HeaderObject, ParameterObject } from "../model/openapi.ts";
import { constrainedValue } from "../schema/field-schema.ts";

/** The headers and cookies that give fields of the request, and those of conditional requests (RFC 9110, section 13). */
export function headerParameters(
  binding: HttpBinding,
  context: DocumentContext,
): ParameterObject[] {
  const { sources = [], etag } = restOf(binding, context);
  const parameters = sources.map(
    (source): ParameterObject => ({
      name: source.name,
      in: source.in,
      description: `Takes the place of \`${source.field.path}\`.`,
      ...(source.required && { required: true }),
      schema: constrainedValue(source.field.fields.at(-1) as DescField, context),
    }),
  );
  const tag = (name: string, description: string): ParameterObject => ({
    name,
    in: "header",
    description,
    schema: { type: "string" },
  });
  if (etag?.ifMatch !== undefined) {
    const refused = etag.required ? ` Without one, and without \`${etag.ifMatch.path}\`, 428.` : "";
    parameters.push(
      tag("If-Match", `The entity tag of the state that is meant: any other is 412.${refused}`),
    );
  }
  if (isCacheable(binding, context)) {
    parameters.push(
      tag("If-None-Match", "The entity tags of the states at hand: one of them is 304."),
    );
  }
  return parameters;
}

/** Whether an answer has an entity tag that a client may send back to read it again. */
export function isCacheable(binding: HttpBinding, context: DocumentContext): boolean {
  const { etag } = restOf(binding, context);
  return binding.httpMethod === "GET" && (etag?.hash === true || etag?.field !== undefined);
}

/** The headers that a method's rule puts on an answer. */
export function ruleHeaders(
  binding: HttpBinding,
  context: DocumentContext,
): Record<string, HeaderObject> {
  const { headers = [], success, etag } = restOf(binding, context);
  const text = (description: string): HeaderObject => ({ description, schema: { type: "string" } });
  const found: Record<string, HeaderObject> = {};
  for (const { header, field } of headers) {
    found[header] = {
      description: `As \`${field.path}\`.`,
      schema: constrainedValue(field.fields.at(-1) as DescField, context),
    };
  }
  if (etag?.hash || etag?.field) found.ETag = text("The entity tag of this state.");
  if (success?.cacheControl) found["Cache-Control"] = text("How long the answer may be kept.");
  if (success?.setCookie) found["Set-Cookie"] = text("A cookie.");
  if (success?.location) {
    found.Location = text(
      `Where it is: \`${context.source.prefix}${success.location.template.text}\`.`,
    );
  }
  return found;
}

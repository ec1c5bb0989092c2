import type {
  MediaTypeObject,
  OpenApiDocument,
  OperationObject,
  ParameterObject,
  PathItemObject,
  ResponseObject,
  SchemaObject,
  SecurityRequirement,
} from "../model/openapi.ts";
import { pathItemMethods } from "../model/openapi.ts";
import { lowerSchema } from "./lower-schema.ts";
import { lowerRequirements, lowerSchemes } from "./lower-security.ts";

/** The OpenAPI versions that differ in how a document is written. */
export type OpenApiVersion = "3.0" | "3.1" | "3.2";

/** The version of a document by its `openapi` member. Throws for another than 3.0, 3.1 and 3.2. */
export function versionOf(openapi: string): OpenApiVersion {
  const version = /^3\.[012](?=\.|$)/.exec(openapi)?.[0];
  if (version === undefined) {
    throw new RangeError(`OpenAPI ${JSON.stringify(openapi)} is none of 3.0, 3.1, 3.2`);
  }
  return version as OpenApiVersion;
}

/** A 3.2 document as a document of the given version, `openapi` being the exact one. Does not change its input. */
export function lowerDocument(document: OpenApiDocument, openapi: string): OpenApiDocument {
  const version = versionOf(openapi);
  if (version === "3.2") return { ...document, openapi };
  const schema = version === "3.0" ? lowerSchema : keepSchema;
  const { schemas, responses, securitySchemes } = document.components;
  const demands = (requirements: readonly SecurityRequirement[]): SecurityRequirement[] =>
    version === "3.0" ? lowerRequirements(requirements, securitySchemes ?? {}) : [...requirements];
  return {
    ...document,
    openapi,
    ...(document.security && { security: demands(document.security) }),
    paths: mapValues(document.paths, (item) => lowerPathItem(item, schema, demands)),
    components: {
      ...document.components,
      ...(schemas && { schemas: mapValues(schemas, schema) }),
      ...(securitySchemes &&
        version === "3.0" && { securitySchemes: lowerSchemes(securitySchemes) }),
      ...(responses && {
        responses: mapValues(responses, (response) => lowerResponse(response, schema)),
      }),
    },
  };
}

type LowerSchema = (schema: SchemaObject) => SchemaObject;

type LowerDemands = (requirements: readonly SecurityRequirement[]) => SecurityRequirement[];

const keepSchema: LowerSchema = (schema) => schema;

function lowerPathItem(
  item: PathItemObject,
  schema: LowerSchema,
  demands: LowerDemands,
): PathItemObject {
  const { additionalOperations, ...lowered } = item;
  if (item.parameters) {
    lowered.parameters = item.parameters.map((parameter) => lowerSchemaOf(parameter, schema));
  }
  for (const method of pathItemMethods) {
    const operation = item[method];
    if (operation !== undefined) lowered[method] = lowerOperation(operation, schema, demands);
  }
  return lowered;
}

function lowerOperation(
  operation: OperationObject,
  schema: LowerSchema,
  demands: LowerDemands,
): OperationObject {
  const { parameters, requestBody, security } = operation;
  return {
    ...operation,
    ...(security && { security: demands(security) }),
    ...(parameters && {
      parameters: parameters.map((parameter) => lowerSchemaOf(parameter, schema)),
    }),
    ...(requestBody?.content && {
      requestBody: {
        ...requestBody,
        content: mapValues(requestBody.content, (media) => lowerMedia(media, schema)),
      },
    }),
    responses: mapValues(operation.responses, (response) => lowerResponse(response, schema)),
  };
}

function lowerResponse(response: ResponseObject, schema: LowerSchema): ResponseObject {
  const { headers, content } = response;
  return {
    ...response,
    ...(headers && { headers: mapValues(headers, (header) => lowerSchemaOf(header, schema)) }),
    ...(content && { content: mapValues(content, (media) => lowerMedia(media, schema)) }),
  };
}

function lowerSchemaOf<T extends ParameterObject | { schema?: SchemaObject }>(
  holder: T,
  schema: LowerSchema,
): T {
  return holder.schema === undefined ? holder : { ...holder, schema: schema(holder.schema) };
}

// Before 3.2 the schema of one item stands for the stream.
function lowerMedia(media: MediaTypeObject, schema: LowerSchema): MediaTypeObject {
  const { itemSchema, ...lowered } = media;
  const stream = media["x-stream"] as { framing: string; item: SchemaObject } | undefined;
  const whole = stream?.item ?? itemSchema ?? media.schema;
  if (whole !== undefined) lowered.schema = schema(whole);
  if (stream !== undefined) lowered["x-stream"] = { ...stream, item: schema(stream.item) };
  return lowered;
}

function mapValues<T>(values: Record<string, T>, map: (value: T) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, map(value)]));
}

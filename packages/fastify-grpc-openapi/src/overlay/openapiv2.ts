import type { JsonObject, JsonValue } from "@bufbuild/protobuf";
import type {
  HeaderObject,
  ParameterObject,
  ResponseObject,
  SchemaObject,
} from "../model/openapi.ts";
import { upgradeSecurity } from "../security/upgrade-security.ts";

// grpc-gateway's protoc-gen-openapiv2/options: Swagger 2 objects, enums by name, free values as JSON text.

/** `openapiv2_swagger` of a file as members of an OpenAPI document. */
export function swaggerOptions(options: JsonObject): JsonObject {
  const { info, externalDocs, tags, security, securityDefinitions, extensions } = options;
  const schemes = Object.entries(objectOf(objectOf(securityDefinitions).security));
  const requirements = securityOf(security);
  const servers = serversOf(options);
  return withoutUndefined({
    info: info === undefined ? undefined : inlineExtensions(info),
    externalDocs,
    tags: Array.isArray(tags) ? tags.map(inlineExtensions) : undefined,
    security: requirements,
    servers,
    components:
      schemes.length === 0
        ? undefined
        : {
            securitySchemes: Object.fromEntries(
              schemes.map(([name, scheme]) => [name, securityScheme(objectOf(scheme))]),
            ),
          },
    ...objectOf(extensions),
  });
}

/** `openapiv2_operation` of a method as members of an operation. */
export function operationOptions(options: JsonObject): JsonObject {
  const { tags, summary, description, externalDocs, operationId, deprecated } = options;
  const headers = objectOf(options.parameters).headers;
  return withoutUndefined({
    tags,
    summary,
    description,
    externalDocs,
    operationId,
    deprecated,
    security: securityOf(options.security),
    parameters: Array.isArray(headers)
      ? (headers.map((header) => headerParameter(objectOf(header))) as unknown as JsonValue)
      : undefined,
    responses: mapObject(options.responses, responseOptions),
    ...objectOf(options.extensions),
  });
}

/** `openapiv2_schema` of a message, or `openapiv2_enum` of an enum. */
export function schemaOptions(options: JsonObject): SchemaObject {
  const { externalDocs, readOnly } = options;
  const own = options.jsonSchema === undefined ? options : objectOf(options.jsonSchema);
  return {
    ...jsonSchema(own),
    ...(Array.isArray(own.required) && { required: own.required.map(String) }),
    ...(readOnly === true && { readOnly }),
    ...(externalDocs !== undefined && { externalDocs: externalDocs as never }),
    ...(options.example !== undefined && { example: freeValue(options.example) }),
  };
}

/** `openapiv2_field`: a JSONSchema over the field's own. Without `required`, which speaks of the message. */
export function jsonSchema(options: JsonObject): SchemaObject {
  const { ref, type, enum: values, example, default: initial, extensions, ...rest } = options;
  const { fieldConfiguration: _path, required: _required, array: _array, ...keywords } = rest;
  const names = Array.isArray(type) ? type.map((name) => String(name).toLowerCase()) : [];
  const lengths = [
    "maxLength",
    "minLength",
    "maxItems",
    "minItems",
    "maxProperties",
    "minProperties",
  ];
  const schema: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(keywords)) {
    schema[key] = lengths.includes(key) ? Number(value) : value;
  }
  exclusive(schema, "exclusiveMinimum", "minimum");
  exclusive(schema, "exclusiveMaximum", "maximum");
  return {
    ...schema,
    ...(typeof ref === "string" && { $ref: componentReference(ref) }),
    ...(names.length === 1 && names[0] && { type: names[0] }),
    ...(Array.isArray(values) && { enum: values }),
    ...(example !== undefined && { example: freeValue(example) }),
    ...(initial !== undefined && { default: freeValue(initial) }),
    ...objectOf(extensions),
  };
}

/** `openapiv2_tag` of a service. */
export function tagOptions(options: JsonObject): JsonObject {
  return inlineExtensions(options) as JsonObject;
}

// A boolean beside the limit in Swagger 2, the limit itself since OpenAPI 3.1.
function exclusive(schema: Record<string, unknown>, keyword: string, limit: string): void {
  if (schema[keyword] !== true) return;
  schema[keyword] = schema[limit];
  delete schema[limit];
}

function responseOptions(value: JsonValue): JsonValue {
  const { description = "", schema, headers, examples, extensions } = objectOf(value);
  const content = mapObject(examples, (example) => ({ example: freeValue(example) as JsonValue }));
  const body = schema === undefined ? undefined : schemaOptions(objectOf(schema));
  const response: ResponseObject = {
    description: String(description),
    ...(headers !== undefined && { headers: mapObject(headers, headerOptions) as never }),
    ...(body &&
      Object.keys(body).length > 0 && {
        content: {
          "application/json": { schema: body, ...objectOf(content?.["application/json"]) },
        },
      }),
    ...objectOf(extensions),
  };
  return response as unknown as JsonValue;
}

function headerOptions(value: JsonValue): JsonValue {
  const { description, ...schema } = objectOf(value);
  const header: HeaderObject = {
    ...(typeof description === "string" && { description }),
    schema: jsonSchema({ ...schema, type: [schema.type ?? "string"] }),
  };
  return header as unknown as JsonValue;
}

function headerParameter(header: JsonObject): ParameterObject {
  const { name, description, type = "STRING", format, required } = header;
  return {
    name: String(name),
    in: "header",
    ...(typeof description === "string" && { description }),
    ...(required === true && { required }),
    schema: {
      type: String(type).toLowerCase(),
      ...(typeof format === "string" && { format }),
    },
  };
}

function securityScheme(scheme: JsonObject): JsonValue {
  const { type, in: place, flow, scopes, extensions, ...rest } = scheme;
  const upgraded = upgradeSecurity({
    ...(rest as Record<string, string>),
    type:
      { TYPE_BASIC: "basic", TYPE_API_KEY: "apiKey", TYPE_OAUTH2: "oauth2" }[String(type)] ??
      "apiKey",
    ...(place !== undefined && { in: String(place).replace("IN_", "").toLowerCase() }),
    ...(flow !== undefined && { flow: flows[String(flow)] ?? "implicit" }),
    scopes: objectOf(objectOf(scopes).scope) as Record<string, string>,
  });
  return { ...objectOf(upgraded as JsonValue), ...objectOf(extensions) };
}

const flows: Readonly<Record<string, string>> = {
  FLOW_IMPLICIT: "implicit",
  FLOW_PASSWORD: "password",
  FLOW_APPLICATION: "application",
  FLOW_ACCESS_CODE: "accessCode",
};

function securityOf(security: JsonValue | undefined): JsonValue | undefined {
  if (!Array.isArray(security)) return undefined;
  return security.map((requirement) => {
    const schemes = objectOf(objectOf(requirement).securityRequirement);
    return mapObject(schemes, (scopes) => objectOf(scopes).scope ?? []) ?? {};
  });
}

function serversOf({ host, basePath = "", schemes }: JsonObject): JsonValue | undefined {
  if (typeof host !== "string") return undefined;
  const names = Array.isArray(schemes)
    ? schemes.map((name) => String(name).toLowerCase())
    : ["https"];
  return names.map((scheme) => ({ url: `${scheme}://${host}${basePath}` }));
}

function componentReference(ref: string): string {
  return `#/components/schemas/${ref.replace(/^#\/definitions\//, "").replace(/^\./, "")}`;
}

/** `example` and `default` are JSON text; text that is none stands for itself. */
function freeValue(value: JsonValue): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function inlineExtensions(value: JsonValue): JsonValue {
  const { extensions, ...rest } = objectOf(value);
  return { ...rest, ...objectOf(extensions) };
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}

function mapObject(
  value: JsonValue | undefined,
  map: (member: JsonValue) => JsonValue,
): JsonObject | undefined {
  if (value === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(objectOf(value)).map(([key, member]) => [key, map(member)]),
  );
}

function withoutUndefined(members: Record<string, JsonValue | undefined>): JsonObject {
  return Object.fromEntries(
    Object.entries(members).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined),
  );
}

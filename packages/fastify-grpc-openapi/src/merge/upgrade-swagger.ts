import type {
  ExternalDocs,
  MediaTypeObject,
  OpenApiDocument,
  OperationObject,
  ParameterObject,
  PathItemObject,
  ResponseObject,
  SchemaObject,
  SecurityRequirement,
  ServerObject,
  TagObject,
} from "../model/openapi.ts";
import { pathItemMethods } from "../model/openapi.ts";
import { type SecurityDefinition, upgradeSecurity } from "../security/upgrade-security.ts";

/** A Swagger 2.0 document, as @fastify/swagger makes it unless it is registered with `openapi`. */
export interface SwaggerDocument {
  swagger: string;
  info: OpenApiDocument["info"];
  host?: string;
  basePath?: string;
  schemes?: string[];
  consumes?: string[];
  produces?: string[];
  paths?: Record<string, Record<string, SwaggerOperation | SwaggerParameter[] | undefined>>;
  definitions?: Record<string, SchemaObject>;
  securityDefinitions?: Record<string, SecurityDefinition>;
  tags?: TagObject[];
  security?: SecurityRequirement[];
  externalDocs?: ExternalDocs;
}

interface SwaggerOperation extends Omit<OperationObject, "parameters" | "responses"> {
  consumes?: string[];
  produces?: string[];
  schemes?: string[];
  parameters?: SwaggerParameter[];
  responses?: Record<string, SwaggerResponse>;
}

interface SwaggerParameter extends Omit<ParameterObject, "in"> {
  in: "path" | "query" | "header" | "body" | "formData";
  collectionFormat?: string;
  [keyword: string]: unknown;
}

interface SwaggerResponse {
  description?: string;
  schema?: SchemaObject;
  headers?: Record<string, Record<string, unknown>>;
  examples?: Record<string, unknown>;
}

type Defaults = Pick<SwaggerDocument, "consumes" | "produces">;

/** A Swagger 2.0 document as OpenAPI 3.0.3, so that one document can hold its routes and ours. */
export function upgradeSwagger(document: SwaggerDocument): OpenApiDocument {
  const {
    swagger: _swagger,
    host: _host,
    basePath: _basePath,
    schemes: _schemes,
    ...rest
  } = document;
  const {
    consumes: _consumes,
    produces: _produces,
    definitions,
    securityDefinitions,
    ...kept
  } = rest;
  const servers = serversOf(document);
  return withComponentReferences({
    ...kept,
    openapi: "3.0.3",
    ...(servers && { servers }),
    paths: Object.fromEntries(
      Object.entries(document.paths ?? {}).map(([path, item]) => [
        path,
        upgradeItem(item, document),
      ]),
    ),
    components: {
      schemas: { ...definitions },
      ...(securityDefinitions && {
        securitySchemes: Object.fromEntries(
          Object.entries(securityDefinitions).map(([name, scheme]) => [
            name,
            upgradeSecurity(scheme),
          ]),
        ),
      }),
    },
  });
}

function serversOf({ host, basePath = "", schemes }: SwaggerDocument): ServerObject[] | undefined {
  if (host)
    return (schemes ?? ["https"]).map((scheme) => ({ url: `${scheme}://${host}${basePath}` }));
  return basePath ? [{ url: basePath }] : undefined;
}

function upgradeItem(
  item: NonNullable<SwaggerDocument["paths"]>[string],
  defaults: Defaults,
): PathItemObject {
  const upgraded: PathItemObject = {};
  for (const method of pathItemMethods) {
    const operation = item[method];
    if (operation !== undefined && !Array.isArray(operation)) {
      upgraded[method] = upgradeOperation(operation, defaults);
    }
  }
  return upgraded;
}

function upgradeOperation(operation: SwaggerOperation, defaults: Defaults): OperationObject {
  const { consumes, produces, schemes: _schemes, parameters = [], responses, ...kept } = operation;
  const body = parameters.find((parameter) => parameter.in === "body");
  const form = parameters.filter((parameter) => parameter.in === "formData");
  const inputTypes = consumes ?? defaults.consumes;
  const outputTypes = produces ?? defaults.produces ?? ["application/json"];
  const others = parameters.filter(({ in: place }) => place !== "body" && place !== "formData");
  return {
    ...kept,
    ...(others.length > 0 && { parameters: others.map(upgradeParameter) }),
    ...(body && {
      requestBody: {
        ...(body.description && { description: body.description }),
        ...(body.required && { required: true }),
        content: contentOf(inputTypes ?? ["application/json"], body.schema ?? {}),
      },
    }),
    ...(form.length > 0 && {
      requestBody: { content: contentOf(inputTypes ?? ["multipart/form-data"], formSchema(form)) },
    }),
    responses: Object.fromEntries(
      Object.entries(responses ?? {}).map(([status, response]) => [
        status,
        upgradeResponse(response, outputTypes),
      ]),
    ),
  };
}

function contentOf(
  types: readonly string[],
  schema: SchemaObject,
): Record<string, MediaTypeObject> {
  return Object.fromEntries(types.map((type) => [type, { schema }]));
}

function formSchema(fields: readonly SwaggerParameter[]): SchemaObject {
  const required = fields.filter((field) => field.required).map((field) => field.name);
  const properties = fields.map((field) => {
    const schema = schemaOf(field);
    const file = schema.type === "file";
    return [field.name, file ? { ...schema, type: "string", format: "binary" } : schema];
  });
  return {
    type: "object",
    properties: Object.fromEntries(properties),
    ...(required.length > 0 && { required }),
  };
}

const parameterKeys = ["name", "in", "description", "required", "deprecated", "collectionFormat"];

/** What Swagger 2 writes beside a parameter's name is the parameter's schema in OpenAPI 3. */
function schemaOf(holder: object): SchemaObject {
  return Object.fromEntries(
    Object.entries(holder).filter(([key]) => !parameterKeys.includes(key) && !key.startsWith("x-")),
  );
}

function upgradeParameter(parameter: SwaggerParameter): ParameterObject {
  const { name, description, required, collectionFormat } = parameter;
  const schema = schemaOf(parameter);
  return {
    name,
    in: parameter.in as ParameterObject["in"],
    ...(description && { description }),
    ...(required && { required }),
    ...(schema.type === "array" && parameter.in === "query" && styleOf(collectionFormat)),
    schema,
  };
}

function styleOf(format = "csv"): Pick<ParameterObject, "style" | "explode"> {
  if (format === "multi") return { style: "form", explode: true };
  if (format === "ssv") return { style: "spaceDelimited", explode: false };
  return { style: format === "pipes" ? "pipeDelimited" : "form", explode: false };
}

function upgradeResponse(response: SwaggerResponse, types: readonly string[]): ResponseObject {
  const { description = "", schema, headers, examples } = response;
  return {
    description,
    ...(headers && {
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, header]) => [name, { schema: schemaOf(header) }]),
      ),
    }),
    ...(schema && {
      content: Object.fromEntries(
        types.map((type) => [
          type,
          { schema, ...(examples?.[type] !== undefined && { example: examples[type] }) },
        ]),
      ),
    }),
  };
}

function withComponentReferences<T>(value: T): T {
  if (Array.isArray(value)) return value.map(withComponentReferences) as T;
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, member]) => [
    key,
    key === "$ref" && typeof member === "string"
      ? member.replace(/^#\/definitions\//, "#/components/schemas/")
      : withComponentReferences(member),
  ]);
  return Object.fromEntries(entries);
}

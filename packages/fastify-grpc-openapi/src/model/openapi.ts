/**
 * The parts of an OpenAPI 3 document that we write. The model is 3.2, a superset of the older
 * versions: `lowerDocument` makes 3.1 and 3.0 of it. Documents of others (the host's) are read
 * through the same types, so every member is optional where a version lacks it.
 */
export interface OpenApiDocument {
  openapi: string;
  info: InfoObject;
  servers?: ServerObject[];
  tags?: TagObject[];
  paths: Record<string, PathItemObject>;
  components: ComponentsObject;
  security?: SecurityRequirement[];
  externalDocs?: ExternalDocs;
  [extension: `x-${string}`]: unknown;
}

export interface InfoObject {
  title: string;
  version: string;
  description?: string;
  [key: string]: unknown;
}

export interface ServerObject {
  url: string;
  description?: string;
  variables?: Record<string, { default: string; enum?: string[]; description?: string }>;
}

export interface TagObject {
  name: string;
  description?: string;
  externalDocs?: ExternalDocs;
  [extension: `x-${string}`]: unknown;
}

export interface ExternalDocs {
  url: string;
  description?: string;
}

/** Scheme name to scopes. */
export type SecurityRequirement = Record<string, string[]>;

export interface ComponentsObject {
  schemas?: Record<string, SchemaObject>;
  responses?: Record<string, ResponseObject>;
  securitySchemes?: Record<string, unknown>;
  [kind: string]: Record<string, unknown> | undefined;
}

/** The methods that a path item has a key for; 3.2 adds `query`. */
export const pathItemMethods = [
  "get",
  "put",
  "post",
  "delete",
  "options",
  "head",
  "patch",
  "trace",
] as const;

export type PathItemMethod = (typeof pathItemMethods)[number];

export interface PathItemObject extends Partial<Record<PathItemMethod, OperationObject>> {
  servers?: ServerObject[];
  parameters?: ParameterObject[];
  /** 3.2: operations of methods without a key of their own. */
  additionalOperations?: Record<string, OperationObject>;
}

export interface OperationObject {
  operationId?: string;
  tags?: string[];
  summary?: string;
  description?: string;
  deprecated?: boolean;
  externalDocs?: ExternalDocs;
  parameters?: ParameterObject[];
  requestBody?: RequestBodyObject;
  responses: Record<string, ResponseObject>;
  security?: SecurityRequirement[];
  servers?: ServerObject[];
  [extension: `x-${string}`]: unknown;
}

export interface ParameterObject {
  $ref?: string;
  name: string;
  in: "path" | "query" | "header" | "cookie";
  description?: string;
  required?: boolean;
  deprecated?: boolean;
  style?: string;
  explode?: boolean;
  allowReserved?: boolean;
  schema?: SchemaObject;
  example?: unknown;
  [extension: `x-${string}`]: unknown;
}

export interface RequestBodyObject {
  $ref?: string;
  description?: string;
  required?: boolean;
  content: Record<string, MediaTypeObject>;
}

export interface ResponseObject {
  $ref?: string;
  description: string;
  headers?: Record<string, HeaderObject>;
  content?: Record<string, MediaTypeObject>;
  [extension: `x-${string}`]: unknown;
}

export interface HeaderObject {
  description?: string;
  required?: boolean;
  schema?: SchemaObject;
}

export interface MediaTypeObject {
  schema?: SchemaObject;
  /** 3.2: the schema of one item of a sequential media type. */
  itemSchema?: SchemaObject;
  example?: unknown;
  examples?: Record<string, { summary?: string; value: unknown }>;
  [extension: `x-${string}`]: unknown;
}

export interface SchemaObject {
  $ref?: string;
  type?: string | string[];
  format?: string;
  title?: string;
  description?: string;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  example?: unknown;
  examples?: unknown[];
  deprecated?: boolean;
  readOnly?: boolean;
  writeOnly?: boolean;
  /** 3.0 only. */
  nullable?: boolean;
  properties?: Record<string, SchemaObject>;
  required?: string[];
  additionalProperties?: boolean | SchemaObject;
  propertyNames?: SchemaObject;
  minProperties?: number;
  maxProperties?: number;
  items?: SchemaObject;
  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  /** A number in 3.1 and later, a boolean in 3.0. */
  exclusiveMinimum?: number | boolean;
  exclusiveMaximum?: number | boolean;
  multipleOf?: number;
  contentMediaType?: string;
  contentEncoding?: string;
  contentSchema?: SchemaObject;
  allOf?: SchemaObject[];
  anyOf?: SchemaObject[];
  oneOf?: SchemaObject[];
  not?: SchemaObject;
  externalDocs?: ExternalDocs;
  [extension: `x-${string}`]: unknown;
}

const schemaRef = "#/components/schemas/";

/** The reference to a component schema, its name escaped as RFC 6901 and a URI fragment need it. */
export function schemaReference(name: string): SchemaObject {
  return { $ref: schemaRef + name };
}

/** The component that a reference names, or undefined for any other reference. */
export function referencedSchema(ref: string): string | undefined {
  return ref.startsWith(schemaRef) ? ref.slice(schemaRef.length) : undefined;
}

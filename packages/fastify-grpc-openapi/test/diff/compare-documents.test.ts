import assert from "node:assert/strict";
import { test } from "node:test";
import { compareDocuments } from "fastify-grpc-openapi";
import type { OpenApiDocument, OperationObject, SchemaObject } from "../../src/model/openapi.ts";
import { lowerDocument } from "../../src/version/lower-document.ts";
import { baseDocument } from "./base-document.ts";

type Mutation = readonly [
  what: string,
  mutate: (document: OpenApiDocument) => void,
  forwards: readonly string[],
  backwards: readonly string[],
];

const list = (document: OpenApiDocument): OperationObject =>
  document.paths["/v1/shelves/{shelf}/books"]?.get as OperationObject;
const create = (document: OpenApiDocument): OperationObject =>
  document.paths["/v1/shelves/{shelf}/books"]?.post as OperationObject;
const schema = (document: OpenApiDocument, name: string): SchemaObject =>
  document.components.schemas?.[name] as SchemaObject;
const input = (document: OpenApiDocument): Record<string, SchemaObject> =>
  schema(document, "NewBook").properties as Record<string, SchemaObject>;
const output = (document: OpenApiDocument): Record<string, SchemaObject> =>
  schema(document, "Book").properties as Record<string, SchemaObject>;
const parameter = (document: OpenApiDocument, name: string) => {
  const found = list(document).parameters?.find((one) => one.name === name);
  if (found?.schema === undefined) throw new Error(`no parameter ${name}`);
  return { ...found, self: found, schema: found.schema };
};
const json = (document: OpenApiDocument) => create(document).requestBody?.content ?? {};

const declaredErrors = (document: OpenApiDocument): unknown[] =>
  create(document).responses["409"]?.["x-google-errors"] as unknown[];

/** Level and rule of each expected change, in both directions of the mutation. */
const mutations: readonly Mutation[] = [
  ["nothing", () => {}, [], []],
  [
    "a description",
    (d) => {
      list(d).description = "Other words.";
    },
    [],
    [],
  ],
  [
    "an operation",
    (d) => void delete d.paths["/v1/shelves/{shelf}/books"]?.post,
    ["breaking operation-removed"],
    ["info operation-added"],
  ],
  [
    "a path",
    (d) => void delete d.paths["/v1/shelves"],
    ["breaking operation-removed"],
    ["info operation-added"],
  ],
  [
    "a path moves",
    (d) => {
      d.paths["/v2/shelves"] = d.paths["/v1/shelves"] ?? {};
      delete d.paths["/v1/shelves"];
    },
    ["breaking operation-removed", "info operation-added"],
    ["breaking operation-removed", "info operation-added"],
  ],
  [
    "a method changes",
    (d) => {
      const item = d.paths["/v1/shelves"];
      if (item?.get) item.post = item.get;
      delete item?.get;
    },
    ["breaking operation-removed", "info operation-added"],
    ["breaking operation-removed", "info operation-added"],
  ],
  [
    "operationId",
    (d) => {
      list(d).operationId = "Other";
    },
    ["breaking operation-id-changed"],
    ["breaking operation-id-changed"],
  ],
  [
    "deprecation",
    (d) => {
      list(d).deprecated = true;
    },
    ["info deprecation-changed"],
    ["info deprecation-changed"],
  ],
  [
    "a path variable's name",
    (d) => {
      const item = d.paths["/v1/shelves/{shelf}/books"] ?? {};
      delete d.paths["/v1/shelves/{shelf}/books"];
      d.paths["/v1/shelves/{id}/books"] = item;
      for (const operation of [item.get, item.post]) {
        for (const one of operation?.parameters ?? []) if (one.in === "path") one.name = "id";
      }
    },
    ["breaking path-parameter-renamed", "breaking path-parameter-renamed"],
    ["breaking path-parameter-renamed", "breaking path-parameter-renamed"],
  ],
  [
    "a query parameter",
    (d) => void list(d).parameters?.splice(1, 1),
    ["breaking parameter-removed"],
    ["info parameter-added"],
  ],
  [
    "a required query parameter",
    (d) =>
      void list(d).parameters?.push({
        name: "x",
        in: "query",
        required: true,
        schema: { type: "string" },
      }),
    ["breaking parameter-added"],
    ["breaking parameter-removed"],
  ],
  [
    "a query parameter becomes required",
    (d) => {
      parameter(d, "pageSize").self.required = true;
    },
    ["breaking parameter-required-changed"],
    ["info parameter-required-changed"],
  ],
  [
    "a parameter moves to the headers",
    (d) => {
      parameter(d, "pageSize").self.in = "header";
    },
    ["breaking parameter-moved"],
    ["breaking parameter-moved"],
  ],
  [
    "the type of a parameter",
    (d) => {
      parameter(d, "pageSize").self.schema = { type: "boolean" };
    },
    ["breaking request-type-changed"],
    ["breaking request-type-changed"],
  ],
  [
    "a parameter's integer becomes a number",
    (d) => {
      parameter(d, "pageSize").schema.type = "number";
    },
    ["info request-type-changed"],
    ["breaking request-type-changed"],
  ],
  [
    "the format of a parameter",
    (d) => {
      parameter(d, "pageSize").schema.format = "uint32";
    },
    ["breaking request-format-changed"],
    ["breaking request-format-changed"],
  ],
  [
    "a format of a parameter appears",
    (d) => {
      parameter(d, "filter").schema.format = "uuid";
    },
    ["warning request-format-changed"],
    ["info request-format-changed"],
  ],
  [
    "an enum value of a parameter",
    (d) => void parameter(d, "order").schema.enum?.pop(),
    ["breaking request-enum-value-removed"],
    ["info request-enum-value-added"],
  ],
  [
    "the enum of a parameter",
    (d) => void delete parameter(d, "order").schema.enum,
    ["info request-enum-removed"],
    ["breaking request-enum-added"],
  ],
  [
    "the style of a parameter",
    (d) => {
      parameter(d, "ids").self.explode = false;
    },
    ["breaking parameter-style-changed"],
    ["breaking parameter-style-changed"],
  ],
  [
    "the items of a parameter",
    (d) => {
      parameter(d, "ids").schema.items = { type: "boolean" };
    },
    ["breaking request-type-changed"],
    ["breaking request-type-changed"],
  ],
  [
    "a minimum of a parameter appears",
    (d) => {
      parameter(d, "pageSize").schema.minimum = 1;
    },
    ["breaking request-limit-changed"],
    ["info request-limit-changed"],
  ],
  [
    "a maximum of a parameter falls",
    (d) => {
      parameter(d, "pageSize").schema.maximum = 50;
    },
    ["breaking request-limit-changed"],
    ["info request-limit-changed"],
  ],
  [
    "a limit becomes exclusive",
    (d) => {
      const limited = parameter(d, "pageSize").schema;
      delete limited.maximum;
      limited.exclusiveMaximum = 100;
    },
    ["breaking request-limit-changed"],
    ["info request-limit-changed"],
  ],
  [
    "a length of a parameter",
    (d) => {
      parameter(d, "filter").schema.maxLength = 10;
    },
    ["breaking request-limit-changed"],
    ["info request-limit-changed"],
  ],
  [
    "a pattern of a parameter",
    (d) => {
      parameter(d, "filter").schema.pattern = "^a";
    },
    ["breaking request-pattern-changed"],
    ["info request-pattern-changed"],
  ],
  [
    "a default of a parameter",
    (d) => {
      parameter(d, "pageSize").schema.default = 20;
    },
    ["warning request-default-changed"],
    ["warning request-default-changed"],
  ],
  [
    "the request body",
    (d) => void delete create(d).requestBody,
    ["breaking request-body-removed"],
    ["breaking request-body-added"],
  ],
  [
    "an optional request body",
    (d) => {
      list(d).requestBody = { content: { "application/json": {} } };
    },
    ["info request-body-added"],
    ["breaking request-body-removed"],
  ],
  [
    "the body becomes optional",
    (d) => void delete create(d).requestBody?.required,
    ["info request-body-required-changed"],
    ["breaking request-body-required-changed"],
  ],
  [
    "a media type of the body",
    (d) => {
      json(d)["application/xml"] = {};
    },
    ["info request-media-type-added"],
    ["breaking request-media-type-removed"],
  ],
  [
    "a required request property",
    (d) => {
      input(d).isbn = { type: "string" };
      schema(d, "NewBook").required?.push("isbn");
    },
    ["breaking request-property-added"],
    ["breaking request-property-removed"],
  ],
  [
    "an optional request property",
    (d) => {
      input(d).isbn = { type: "string" };
    },
    ["info request-property-added"],
    ["breaking request-property-removed"],
  ],
  [
    "a request property becomes required",
    (d) => void schema(d, "NewBook").required?.push("pages"),
    ["breaking request-required-changed"],
    ["info request-required-changed"],
  ],
  [
    "the type of a request property",
    (d) => {
      input(d).pages = { type: "string" };
    },
    ["breaking request-type-changed"],
    ["breaking request-type-changed"],
  ],
  [
    "null for a request property",
    (d) => {
      input(d).title = { type: ["string", "null"] };
    },
    ["info request-type-changed"],
    ["breaking request-type-changed"],
  ],
  [
    "a length of a request property",
    (d) => {
      (input(d).title as SchemaObject).minLength = 3;
    },
    ["breaking request-limit-changed"],
    ["info request-limit-changed"],
  ],
  [
    "the items of a request property",
    (d) => {
      (input(d).tags as SchemaObject).maxItems = 3;
    },
    ["breaking request-limit-changed"],
    ["info request-limit-changed"],
  ],
  [
    "the values of a request map",
    (d) => {
      (input(d).labels as SchemaObject).additionalProperties = { type: "integer" };
    },
    ["breaking request-type-changed"],
    ["breaking request-type-changed"],
  ],
  [
    "further request properties",
    (d) => {
      schema(d, "NewBook").additionalProperties = false;
    },
    ["breaking request-additional-properties-changed"],
    ["info request-additional-properties-changed"],
  ],
  [
    "a request property becomes readOnly",
    (d) => {
      (input(d).pages as SchemaObject).readOnly = true;
    },
    ["breaking request-readonly-changed"],
    ["info request-readonly-changed"],
  ],
  [
    "a oneof of the request",
    (d) => void delete schema(d, "NewBook").oneOf,
    ["info request-oneof-removed"],
    ["breaking request-oneof-added"],
  ],
  [
    "a oneof of the request demands a member",
    (d) => void schema(d, "NewBook").oneOf?.shift(),
    ["breaking request-oneof-changed"],
    ["info request-oneof-changed"],
  ],
  [
    "a property nested in the request",
    (d) => void delete schema(d, "Author").properties?.name,
    ["breaking request-property-removed", "breaking response-property-removed"],
    ["info request-property-added", "info response-property-added"],
  ],
  [
    "a property of a recursive message",
    (d) => void delete schema(d, "Book").properties?.sequel,
    ["breaking response-property-removed"],
    ["info response-property-added"],
  ],
  [
    "the success response",
    (d) => {
      list(d).responses["204"] = { description: "Nothing." };
      delete list(d).responses["200"];
    },
    ["breaking response-removed", "warning response-added"],
    ["breaking response-removed", "warning response-added"],
  ],
  [
    "an error response",
    (d) => void delete create(d).responses["409"],
    ["warning response-removed", "info error-removed", "info error-removed"],
    ["info response-added", "info error-added", "info error-added"],
  ],
  [
    "a response's media type",
    (d) => void delete list(d).responses["200"]?.content?.["application/json"],
    ["breaking response-media-type-removed"],
    ["info response-media-type-added"],
  ],
  [
    "a response header",
    (d) => void delete create(d).responses["409"]?.headers,
    ["warning response-header-removed"],
    [],
  ],
  [
    "a response property",
    (d) => void delete output(d).title,
    ["breaking response-property-removed"],
    ["info response-property-added"],
  ],
  [
    "a response property becomes optional",
    (d) => {
      schema(d, "Book").required = [];
    },
    ["breaking response-required-changed"],
    ["info response-required-changed"],
  ],
  [
    "the type of a response property",
    (d) => {
      output(d).title = { type: "integer" };
    },
    ["breaking response-type-changed"],
    ["breaking response-type-changed"],
  ],
  [
    "null in a response",
    (d) => {
      output(d).title = { type: ["string", "null"] };
    },
    ["breaking response-type-changed"],
    ["info response-type-changed"],
  ],
  [
    "the format of a response property",
    (d) => {
      (output(d).createTime as SchemaObject).format = "date";
    },
    ["breaking response-format-changed"],
    ["breaking response-format-changed"],
  ],
  [
    "no format of a response property",
    (d) => void delete output(d).createTime?.format,
    ["warning response-format-changed"],
    ["info response-format-changed"],
  ],
  [
    "an enum value of a response",
    (d) => void schema(d, "State").enum?.pop(),
    ["info response-enum-value-removed"],
    ["warning response-enum-value-added"],
  ],
  [
    "the enum of a response",
    (d) => void delete schema(d, "State").enum,
    ["warning response-enum-removed"],
    ["info response-enum-added"],
  ],
  [
    "a limit of a response property",
    (d) => {
      (output(d).title as SchemaObject).maxLength = 5;
    },
    ["info response-limit-changed"],
    ["warning response-limit-changed"],
  ],
  [
    "a pattern of a response property",
    (d) => {
      (output(d).title as SchemaObject).pattern = "a";
    },
    ["info response-pattern-changed"],
    ["warning response-pattern-changed"],
  ],
  [
    "a response property becomes writeOnly",
    (d) => {
      (output(d).title as SchemaObject).writeOnly = true;
    },
    ["breaking response-writeonly-changed"],
    ["info response-writeonly-changed"],
  ],
  ["a readOnly of a response property", (d) => void delete output(d).createTime?.readOnly, [], []],
  [
    "the items of a response list",
    (d) => {
      const page = schema(d, "BookList").properties as Record<string, SchemaObject>;
      page.books = { type: "array", items: { type: "string" } };
    },
    ["breaking response-type-changed"],
    ["breaking response-type-changed"],
  ],
  [
    "an alternative of a response",
    (d) => void schema(d, "Detail").anyOf?.pop(),
    ["info response-alternative-removed"],
    ["warning response-alternative-added"],
  ],
  [
    "a declared error",
    (d) => void declaredErrors(d).pop(),
    ["info error-removed"],
    ["info error-added"],
  ],
  [
    "the status of a declared error",
    (d) => {
      const { responses } = create(d);
      responses["422"] = { ...responses["409"], description: "Moved." };
      responses["409"] = { ...responses["409"], description: "Was here.", "x-google-errors": [] };
    },
    ["warning error-status-changed", "warning error-status-changed", "info response-added"],
    ["warning response-removed", "warning error-status-changed", "warning error-status-changed"],
  ],
  [
    "security",
    (d) => {
      create(d).security = [{ oauth2: ["write"] }];
    },
    ["breaking security-changed", "info security-added"],
    ["info security-added"],
  ],
  [
    "the security of the document",
    (d) => {
      d.security = [{ key: [] }];
    },
    [
      "breaking security-changed",
      "breaking security-changed",
      "breaking security-changed",
      "info security-added",
      "info security-added",
      "info security-added",
    ],
    ["info security-added", "info security-added", "info security-added"],
  ],
  [
    "a server",
    (d) => {
      d.servers = [{ url: "/v2" }];
    },
    ["warning server-removed"],
    ["warning server-removed"],
  ],
  [
    "a renamed component of the same content",
    (d) => {
      const { schemas = {} } = d.components;
      schemas.Person = schemas.Author as SchemaObject;
      delete schemas.Author;
      const person = { $ref: "#/components/schemas/Person" };
      for (const properties of [input(d), output(d)]) properties.author = person;
      schema(d, "Detail").anyOf?.splice(0, 1, person);
    },
    [],
    [],
  ],
];

for (const version of ["3.0.3", "3.1.0", "3.2.0"]) {
  test(`gives its verdict on ${mutations.length} mutations of a ${version} document`, async (t) => {
    for (const [what, mutate, forwards, backwards] of mutations) {
      await t.test(what, () => {
        const mutated = structuredClone(baseDocument);
        mutate(mutated);
        const before = lowerDocument(baseDocument, version);
        const after = lowerDocument(mutated, version);
        assert.deepEqual(verdict(before, after), [...forwards].sort(), "forwards");
        assert.deepEqual(verdict(after, before), [...backwards].sort(), "backwards");
      });
    }
  });
}

test("finds no difference between two versions of one document", () => {
  const versions = ["3.0.3", "3.1.0", "3.2.0"].map((one) => lowerDocument(baseDocument, one));
  for (const before of versions) {
    for (const after of versions) assert.deepEqual(compareDocuments(before, after), []);
  }
});

test("names the place of a change within its component", () => {
  const after = structuredClone(baseDocument);
  delete schema(after, "Author").properties?.name;
  const [change] = compareDocuments(baseDocument, after);
  assert.equal(change?.subject, "Author");
  assert.equal(change?.place, ".name");
});

function verdict(before: OpenApiDocument, after: OpenApiDocument): string[] {
  return compareDocuments(before, after)
    .map(({ level, rule }) => `${level} ${rule}`)
    .sort();
}

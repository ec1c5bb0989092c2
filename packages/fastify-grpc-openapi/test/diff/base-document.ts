import type { OpenApiDocument } from "../../src/model/openapi.ts";

const book = { $ref: "#/components/schemas/Book" };

/** A document with every feature that the differ looks at, one component of it recursive. */
export const baseDocument: OpenApiDocument = {
  openapi: "3.2.0",
  info: { title: "Library", version: "1.0.0" },
  servers: [{ url: "/" }],
  paths: {
    "/v1/shelves": {
      get: {
        operationId: "Library_ListShelves",
        responses: { 200: { description: "Shelves." } },
        "x-grpc-method": "library.Library/ListShelves",
      },
    },
    "/v1/shelves/{shelf}/books": {
      get: {
        operationId: "Library_ListBooks",
        parameters: [
          { name: "shelf", in: "path", required: true, schema: { type: "string" } },
          {
            name: "pageSize",
            in: "query",
            schema: { type: "integer", format: "int32", maximum: 100 },
          },
          { name: "filter", in: "query", schema: { type: "string" } },
          { name: "order", in: "query", schema: { type: "string", enum: ["TITLE", "YEAR"] } },
          {
            name: "ids",
            in: "query",
            style: "form",
            explode: true,
            schema: { type: "array", items: { type: "string" } },
          },
        ],
        responses: {
          200: {
            description: "Books.",
            content: {
              "application/json": { schema: { $ref: "#/components/schemas/BookList" } },
              "application/x-ndjson": {
                itemSchema: book,
                "x-stream": { framing: "ndjson", item: book },
              },
            },
          },
        },
      },
      post: {
        operationId: "Library_CreateBook",
        parameters: [{ name: "shelf", in: "path", required: true, schema: { type: "string" } }],
        requestBody: {
          required: true,
          content: { "application/json": { schema: { $ref: "#/components/schemas/NewBook" } } },
        },
        responses: {
          200: { description: "A book.", content: { "application/json": { schema: book } } },
          409: {
            description: "Exists.",
            headers: { "Retry-After": { schema: { type: "integer" } } },
            content: {
              "application/json": { schema: { $ref: "#/components/schemas/Detail" } },
            },
            "x-google-errors": [
              { code: "ALREADY_EXISTS", message: "Exists.", details: ["title"], reason: "EXISTS" },
              { code: "ABORTED", message: "Again.", details: [] },
            ],
          },
        },
      },
    },
  },
  components: {
    schemas: {
      Author: {
        type: "object",
        properties: { name: { type: "string" }, age: { type: "integer" } },
      },
      Book: {
        type: "object",
        required: ["title"],
        properties: {
          title: { type: "string" },
          createTime: { type: "string", format: "date-time", readOnly: true },
          state: { $ref: "#/components/schemas/State" },
          author: { $ref: "#/components/schemas/Author", description: "Who wrote it." },
          sequel: book,
        },
      },
      BookList: {
        type: "object",
        properties: { books: { type: "array", items: book } },
      },
      Detail: {
        anyOf: [{ $ref: "#/components/schemas/Author" }, { $ref: "#/components/schemas/State" }],
      },
      NewBook: {
        type: "object",
        required: ["title"],
        properties: {
          title: { type: "string" },
          pages: { type: "integer" },
          print: { type: "string" },
          audio: { type: "string" },
          tags: { type: "array", items: { type: "string" } },
          labels: { type: "object", additionalProperties: { type: "string" } },
          author: { $ref: "#/components/schemas/Author" },
        },
        oneOf: [
          { not: { anyOf: [{ required: ["print"] }, { required: ["audio"] }] } },
          { required: ["print"] },
          { required: ["audio"] },
        ],
      },
      State: { type: "string", enum: ["NEW", "OLD"] },
    },
  },
};

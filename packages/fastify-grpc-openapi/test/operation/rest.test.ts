import assert from "node:assert/strict";
import { test } from "node:test";
import type { OperationObject } from "../../src/model/openapi.ts";
import { documentOf, operationOf } from "../document-of.ts";

const messages = `
  message Request { string name = 1; int32 tier = 2; string etag = 3; string lang = 4; }
  message Book { string name = 1; string etag = 2; int64 pages = 3; }`;

function operation(rule: string, http = 'get: "/v1/{name=books/*}"'): OperationObject {
  return operationOf(http, messages, {
    signature: "(Request) returns (Book)",
    method: `option (fastify.grpc.v1.method) = { ${rule} };`,
  }).operation;
}

test("a method's statuses are its responses, with the location of what it made", () => {
  const { responses } = operation(
    'success { status: 201 location: "/v1/{name}" statuses: 303 statuses: 204 cache_control: "no-store" set_cookie: true }',
  );
  assert.deepEqual(Object.keys(responses).slice(0, 4), ["200", "201", "204", "303"]);
  const { headers, content, description } = responses["201"] ?? {};
  assert.deepEqual(Object.keys(headers ?? {}), ["Cache-Control", "Set-Cookie", "Location"]);
  assert.match(headers?.Location?.description ?? "", /`\/v1\/\{name\}`/);
  assert.match(description ?? "", /^Created: /);
  assert.ok(content?.["application/json"]);
  assert.equal(responses["204"]?.content, undefined);
});

test("without a rule a method answers 200 and nothing else", () => {
  const { responses, parameters } = operation("");
  assert.deepEqual(Object.keys(responses), ["200", "400", "504", "default"]);
  assert.equal(responses["200"]?.headers, undefined);
  assert.ok(!parameters?.some(({ in: place }) => place === "header"));
});

test("entity tags are headers, and the answers of conditional requests are documented", () => {
  const get = operation('etag { field: "etag" }');
  assert.ok(get.responses["200"]?.headers?.ETag);
  assert.equal(get.responses["304"]?.content, undefined);
  assert.ok(get.responses["304"]?.headers?.ETag);
  const names = (of: OperationObject) =>
    of.parameters?.filter(({ in: place }) => place === "header").map(({ name }) => name);
  assert.deepEqual(names(get), ["If-None-Match"]);
  const patch = operation(
    'etag { field: "etag" if_match: "etag" required: true }',
    'patch: "/v1/{name=books/*}" body: "*"',
  );
  assert.deepEqual(names(patch), ["If-Match"]);
  assert.equal(patch.responses["304"], undefined);
  assert.ok(patch.responses["412"]);
  assert.ok(patch.responses["428"]);
});

test("headers and cookies that give fields are parameters, with the field's type", () => {
  const { parameters = [] } = operation(
    'sources { field: "tier" header: "X-Tier" required: true } sources { field: "lang" cookie: "lang" }',
  );
  const found = parameters.filter(({ in: place }) => place === "header" || place === "cookie");
  assert.deepEqual(found, [
    {
      name: "x-tier",
      in: "header",
      description: "Takes the place of `tier`.",
      required: true,
      schema: { type: "integer", format: "int32" },
    },
    {
      name: "lang",
      in: "cookie",
      description: "Takes the place of `lang`.",
      schema: { type: "string" },
    },
  ]);
});

test("a field that is a header as well is one of the response", () => {
  const { responses } = operation('headers { header: "X-Pages" field: "pages" }');
  assert.deepEqual(responses["200"]?.headers?.["x-pages"], {
    description: "As `pages`.",
    schema: { type: "string", format: "int64" },
  });
});

test("the parameters of partial and laid out responses are there where the gateway has them", () => {
  const { operation: partial } = operationOf('get: "/v1/books"', messages, {
    signature: "(Request) returns (Book)",
    gateway: { partialResponses: true, prettyPrint: true },
  });
  const names = partial.parameters?.map(({ name }) => name);
  assert.deepEqual(names?.slice(-3), ["fields", "X-Goog-FieldMask", "pretty"]);
});

test("a 64-bit field that is a number as far as numbers go is both", () => {
  const { schemas } = operationOf(
    'get: "/v1/books"',
    "message Request {} message Book { int64 pages = 1 [(fastify.grpc.v1.field).number = true]; int64 size = 2; }",
    { signature: "(Request) returns (Book)" },
  ).document.components;
  const { pages, size } = Object(schemas?.["t.Book"]).properties;
  assert.deepEqual(pages.anyOf, [
    { type: "integer", format: "int64" },
    { type: "string", format: "int64" },
  ]);
  assert.equal(size.type, "string");
});

test("enum names are those that JSON has", () => {
  const { schemas } = operationOf(
    'get: "/v1/books"',
    "message Request {} enum BookKind { BOOK_KIND_UNSPECIFIED = 0; BOOK_KIND_NOVEL = 1; } message Book { BookKind kind = 1; }",
    {
      signature: "(Request) returns (Book)",
      gateway: {
        json: {
          naming: "json",
          emit: "implicit",
          enums: "name",
          enumNames: "short",
          unknownFields: "reject",
        },
      },
    },
  ).document.components;
  assert.deepEqual(Object(schemas?.["t.BookKind"]).enum, ["UNSPECIFIED", "NOVEL"]);
});

test("methods of one verb and path that media types tell apart are one operation", () => {
  const findings: unknown[] = [];
  const document = documentOf(
    `message Ask { string q = 1; } message Book { string name = 1; }
    service S {
      rpc List(Ask) returns (Book) {
        option (google.api.http) = { get: "/v1/books" };
        option (fastify.grpc.v1.method) = { produces: "application/json" };
      }
      // As a table.
      rpc Export(Ask) returns (google.api.HttpBody) {
        option (google.api.http) = { get: "/v1/books" };
        option (fastify.grpc.v1.method) = { produces: "text/csv" };
      }
      rpc Put(Book) returns (Book) {
        option (google.api.http) = { put: "/v1/books" body: "*" };
        option (fastify.grpc.v1.method) = { consumes: "application/vnd.book+json" };
      }
    }`,
    { options: { onFinding: (finding) => findings.push(finding) } },
  );
  const { get, put } = document.paths["/v1/books"] ?? {};
  assert.deepEqual(Object.keys(get?.responses["200"]?.content ?? {}).sort(), [
    "application/json",
    "text/csv",
  ]);
  assert.equal(get?.operationId, "S_List");
  assert.deepEqual(get?.["x-grpc-method"], ["t.S/List", "t.S/Export"]);
  assert.match(get?.description ?? "", /As a table/);
  assert.deepEqual(Object.keys(put?.requestBody?.content ?? {}), ["application/vnd.book+json"]);
  assert.deepEqual(findings, []);
});

test("media types that are neither offered nor read are documented as 406 and 415", () => {
  const { responses } = operation('produces: "text/csv" consumes: "application/json"');
  assert.ok(responses["406"]);
  assert.deepEqual(Object.keys(responses["415"]?.headers ?? {}), ["Accept"]);
  const plain = operation("").responses;
  assert.ok(!("406" in plain) && !("415" in plain));
});

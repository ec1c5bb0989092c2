import assert from "node:assert/strict";
import { test } from "node:test";
import {
  buildDocument,
  checkSource,
  type Finding,
  lowerDocument,
  mergeDocuments,
  type OpenApiDocument,
} from "fastify-grpc-openapi";
import type { Policy, SecurityDemand } from "grpc-transcoding";
import { operationOf } from "../document-of.ts";
import { gatewayOf, librarySchema } from "../gateway-entry.ts";

const request = "message Request { string name = 1; }";
const rule = 'get: "/v1/{name}"';

const key = { type: "apiKey", in: "header", name: "x-api-key" };
const oauth = { type: "oauth2", flows: {} };

const demanding = (...demands: readonly SecurityDemand[]): Policy =>
  Object.assign(() => undefined, { security: () => demands });

const securityOf = (...policies: readonly Policy[]) =>
  operationOf(rule, request, { gateway: { policies } });

test("an operation demands any one of the ways that a policy takes", () => {
  const { operation, document } = securityOf(
    demanding(
      { name: "Key", scheme: key },
      { name: "OAuth", scheme: oauth, scopes: ["books.read"] },
    ),
  );
  assert.deepEqual(operation.security, [{ Key: [] }, { OAuth: ["books.read"] }]);
  assert.deepEqual(document.components.securitySchemes, { Key: key, OAuth: oauth });
});

test("an operation demands one way of each policy, since each may refuse", () => {
  const { operation } = securityOf(
    demanding({ name: "Key", scheme: key }, { name: "OAuth", scheme: oauth, scopes: ["a"] }),
    demanding(),
    demanding({ name: "OAuth", scheme: oauth, scopes: ["a", "b"] }),
  );
  assert.deepEqual(operation.security, [{ Key: [], OAuth: ["a", "b"] }, { OAuth: ["a", "b"] }]);
});

test("a gateway whose policies declare nothing has no security in its document", () => {
  const { operation, document } = securityOf(() => undefined, demanding());
  assert.equal("security" in operation, false);
  assert.equal("securitySchemes" in document.components, false);
});

test("a policy is asked for each method by itself", () => {
  const forWrites: Policy = Object.assign(() => undefined, {
    security: ({ name }: { readonly name: string }) =>
      name.startsWith("Create") ? [{ name: "Key", scheme: key }] : [],
  });
  const { paths } = buildDocument(gatewayOf(librarySchema, { policies: [forWrites] }));
  assert.deepEqual(paths["/v1/shelves"]?.post?.security, [{ Key: [] }]);
  assert.equal(paths["/v1/shelves"]?.get?.security, undefined);
});

test("two schemes of one name are a finding, and the document keeps the first", () => {
  const policies = [
    demanding({ name: "Auth", scheme: key }),
    demanding({ name: "Auth", scheme: oauth }),
  ];
  const { document, findings } = checkSource(gatewayOf(librarySchema, { policies }));
  assert.deepEqual(document.components.securitySchemes, { Auth: key });
  const conflicts = findings.filter(({ rule }) => rule === "security-scheme-conflict");
  assert.equal(conflicts.length, 1);
  assert.equal(conflicts[0]?.level, "error");
  assert.equal(conflicts[0]?.subject, "components.securitySchemes.Auth");
  assert.match(String(conflicts[0]?.message), /another policy/);
});

test("a scheme of the options holds against a policy's, which is a finding unless both mean the same", () => {
  const policies = [demanding({ name: "Auth", scheme: key })];
  const documentWith = (scheme: object) => {
    const findings: Finding[] = [];
    const document = buildDocument(gatewayOf(librarySchema, { policies }), {
      securitySchemes: { Auth: scheme },
      onFinding: (finding) => findings.push(finding),
    });
    return { scheme: document.components.securitySchemes?.Auth, findings };
  };
  const described = { ...key, description: "Ask the librarian." };
  assert.deepEqual(documentWith(described), { scheme: described, findings: [] });
  const { scheme, findings } = documentWith(oauth);
  assert.deepEqual(scheme, oauth);
  assert.match(String(findings[0]?.message), /that the document describes otherwise/);
});

const own: OpenApiDocument = {
  openapi: "3.2.0",
  info: { title: "", version: "" },
  paths: {
    "/hand": { get: { responses: {}, security: [{ Auth: [] }] } },
  },
  components: { securitySchemes: { Auth: { type: "http", scheme: "bearer" } } },
};

test("the app's scheme of a name stays, and a policy's other one gets a name of its own", () => {
  const policies = [demanding({ name: "Auth", scheme: key })];
  const { paths, components } = mergeDocuments(
    own,
    buildDocument(gatewayOf(librarySchema, { policies })),
    "grpc",
  );
  assert.deepEqual(components.securitySchemes, {
    Auth: { type: "http", scheme: "bearer" },
    "Auth.grpc": key,
  });
  assert.deepEqual(paths["/hand"]?.get?.security, [{ Auth: [] }]);
  assert.deepEqual(paths["/v1/shelves"]?.get?.security, [{ "Auth.grpc": [] }]);
});

test("the app and a policy share a scheme that both describe alike", () => {
  const scheme = { scheme: "bearer", type: "http" };
  const { paths, components } = mergeDocuments(
    own,
    buildDocument(gatewayOf(librarySchema, { policies: [demanding({ name: "Auth", scheme })] })),
    "grpc",
  );
  assert.deepEqual(Object.keys(components.securitySchemes ?? {}), ["Auth"]);
  assert.deepEqual(paths["/v1/shelves"]?.get?.security, [{ Auth: [] }]);
});

test("OpenAPI 3.0 has scopes for OAuth alone, and knows no client certificates; 3.1 has both", () => {
  const policies = [
    demanding(
      { name: "Key", scheme: key, scopes: ["admin"] },
      { name: "OAuth", scheme: oauth, scopes: ["a"] },
      { name: "Cert", scheme: { type: "mutualTLS" } },
    ),
  ];
  const document = buildDocument(gatewayOf(librarySchema, { policies }));
  const lowered = (openapi: string) => {
    const { paths, components } = lowerDocument(document, openapi);
    const { security } = paths["/v1/shelves"]?.get ?? {};
    return [security, Object.keys(components.securitySchemes ?? {})];
  };
  assert.deepEqual(lowered("3.0.3"), [
    [{ Key: [] }, { OAuth: ["a"] }],
    ["Key", "OAuth"],
  ]);
  const all = [
    [{ Key: ["admin"] }, { OAuth: ["a"] }, { Cert: [] }],
    ["Key", "OAuth", "Cert"],
  ];
  assert.deepEqual(lowered("3.1.0"), all);
  assert.deepEqual(lowered("3.2.0"), all);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { documentOf } from "../document-of.ts";

const service = (options: string) =>
  `service S { rpc Do(R) returns (R) { option (google.api.http) = { post: "/a" body: "*" }; ${options} } }`;

test("lays gnostic's options over what was generated", () => {
  const document = documentOf(`
    option (openapi.v3.document) = {
      info: { title: "Library" version: "2.0.0" license: { name: "MIT" } }
      tags: [{ name: "extra" description: "More." }]
      components: { security_schemes: { additional_properties: [{ name: "key" value: { security_scheme: { type: "apiKey" in: "header" name: "x-key" } } }] } }
      specification_extension: [{ name: "x-team" value: { yaml: "[books]" } }]
    };
    ${service(`option (openapi.v3.operation) = {
      summary: "Does."
      operation_id: "doIt"
      security: [{ additional_properties: [{ name: "key" value: {} }] }]
      responses: { response_or_reference: [{ name: "409" value: { response: { description: "Conflict." } } }] }
      external_docs: { url: "https://x.test" }
    };`)}
    message R {
      option (openapi.v3.schema) = { title: "The R" required: ["a"] };
      string a = 1 [(openapi.v3.property) = { pattern: "^a" max_length: 9 example: { yaml: "abc" } }];
    }`);
  assert.deepEqual(document.info, { title: "Library", version: "2.0.0", license: { name: "MIT" } });
  assert.deepEqual(document.tags, [{ name: "S" }, { name: "extra", description: "More." }]);
  assert.deepEqual(document["x-team"], ["books"]);
  assert.deepEqual(document.components.securitySchemes, {
    key: { type: "apiKey", in: "header", name: "x-key" },
  });
  const operation = document.paths["/a"]?.post;
  assert.equal(operation?.summary, "Does.");
  assert.equal(operation?.operationId, "doIt");
  assert.deepEqual(operation?.security, [{ key: [] }]);
  assert.equal(operation?.responses["409"]?.description, "Conflict.");
  assert.ok(operation?.responses["200"]);
  const message = document.components.schemas?.["t.R"];
  assert.equal(message?.title, "The R");
  assert.deepEqual(message?.required, ["a"]);
  assert.deepEqual(message?.properties?.a, {
    type: "string",
    pattern: "^a",
    maxLength: 9,
    example: "abc",
  });
});

test("reads grpc-gateway's openapiv2 options", () => {
  const document = documentOf(`
    option (grpc.gateway.protoc_gen_openapiv2.options.openapiv2_swagger) = {
      info: { title: "Old" version: "1.1" }
      security_definitions: { security: { key: "oauth" value: { type: TYPE_OAUTH2 flow: FLOW_ACCESS_CODE authorization_url: "https://a.test" token_url: "https://t.test" scopes: { scope: { key: "read" value: "Reads." } } } } }
      security: { security_requirement: { key: "oauth" value: { scope: "read" } } }
    };
    ${service(`option (grpc.gateway.protoc_gen_openapiv2.options.openapiv2_operation) = {
      tags: "Books" summary: "Does." deprecated: true
      responses: { key: "403" value: { description: "Not you." } }
      parameters: { headers: { name: "x-trace" type: STRING required: true } }
    };`)}
    message R {
      option (grpc.gateway.protoc_gen_openapiv2.options.openapiv2_schema) = { json_schema: { title: "The R" required: ["a"] } example: '{"a": "b"}' };
      string a = 1 [(grpc.gateway.protoc_gen_openapiv2.options.openapiv2_field) = { min_length: 2 example: '"abc"' }];
    }`);
  assert.equal(document.info.title, "Old");
  assert.deepEqual(document.security, [{ oauth: ["read"] }]);
  assert.deepEqual(document.components.securitySchemes?.oauth, {
    type: "oauth2",
    flows: {
      authorizationCode: {
        authorizationUrl: "https://a.test",
        tokenUrl: "https://t.test",
        scopes: { read: "Reads." },
      },
    },
  });
  const operation = document.paths["/a"]?.post;
  assert.deepEqual(operation?.tags, ["Books"]);
  assert.equal(operation?.deprecated, true);
  assert.equal(operation?.responses["403"]?.description, "Not you.");
  assert.equal(operation?.parameters?.[0]?.name, "x-trace");
  const message = document.components.schemas?.["t.R"];
  assert.deepEqual(message?.required, ["a"]);
  assert.deepEqual(message?.example, { a: "b" });
  assert.equal(message?.properties?.a?.minLength, 2);
  assert.equal(message?.properties?.a?.example, "abc");
});

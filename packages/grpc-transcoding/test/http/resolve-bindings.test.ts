import assert from "node:assert/strict";
import { test } from "node:test";
import { bindingOf, resolve } from "../protos/methods.ts";

const bad: readonly [name: string, rpc: string, rule: unknown, code: string, message: string][] = [
  ["a rule that is no object", "GetBook", "get /v1", "GW_RULE_SYNTAX", "must be an object"],
  [
    "an unknown key",
    "GetBook",
    { gett: "/v1" },
    "GW_RULE_SYNTAX",
    '"gett" is not a key of an HTTP rule',
  ],
  [
    "a body that is no string",
    "GetBook",
    { get: "/v1", body: 1 },
    "GW_RULE_SYNTAX",
    '"body" must be a string',
  ],
  ["no pattern", "GetBook", { body: "*" }, "GW_PATTERN_MISSING", "the rule has no pattern"],
  [
    "two patterns",
    "GetBook",
    { get: "/v1/a", post: "/v1/b" },
    "GW_PATTERN_AMBIGUOUS",
    'the rule has a second pattern, POST "/v1/b"; move it to additional_bindings',
  ],
  [
    "nested additional_bindings",
    "GetBook",
    { get: "/v1", additional_bindings: [{ get: "/v2", additional_bindings: [{ get: "/v3" }] }] },
    "GW_ADDITIONAL_BINDINGS_NESTED",
    'library.proto:15 (additional_bindings[0]): library.v1.Library/GetBook: GET "/v2": additional_bindings must not have',
  ],
  [
    "a method that Node does not parse",
    "GetBook",
    { custom: { kind: "LIST", path: "/v1" } },
    "GW_METHOD_INVALID",
    "Node's HTTP parser does not know it",
  ],
  [
    "a lower-case method",
    "GetBook",
    { custom: { kind: "head", path: "/v1" } },
    "GW_METHOD_INVALID",
    "write HEAD",
  ],
  [
    "a template error",
    "GetBook",
    { get: "/v1/items/*a" },
    "GW_TEMPLATE_SYNTAX",
    'library.proto:15: library.v1.Library/GetBook: GET "/v1/items/*a": unexpected "a" after "*" (column 12)',
  ],
  [
    "an unknown path variable",
    "GetBook",
    { get: "/v1/{item_id}" },
    "GW_FIELD_UNKNOWN",
    'path variable "item_id" is not a field of library.v1.GetBookRequest (fields: name, view, read_mask)',
  ],
  [
    "an unknown step of a path variable",
    "UpdateBook",
    { patch: "/v1/{book.nam}", body: "*" },
    "GW_FIELD_UNKNOWN",
    'path variable "book.nam" is not a field of library.v1.Book: "nam"',
  ],
  [
    "a path variable by its json name",
    "CreateBook",
    { post: "/v1/{bookId}", body: "book" },
    "GW_FIELD_UNKNOWN",
    'did you mean "book_id"? Rules use proto names',
  ],
  [
    "a repeated path variable",
    "GetKinds",
    { get: "/v1/{f_list}" },
    "GW_FIELD_REPEATED",
    '"f_list" is repeated',
  ],
  [
    "a map as path variable",
    "GetKinds",
    { get: "/v1/{f_map}" },
    "GW_FIELD_REPEATED",
    '"f_map" is repeated',
  ],
  [
    "a path variable through a repeated field",
    "CreateBook",
    { post: "/v1/{others.name}", body: "book" },
    "GW_FIELD_REPEATED",
    'goes through "others", which is repeated',
  ],
  [
    "a path variable through a scalar",
    "GetBook",
    { get: "/v1/{name.x}" },
    "GW_FIELD_TYPE",
    'goes through "name", which is not a message',
  ],
  [
    "a message as path variable",
    "UpdateBook",
    { patch: "/v1/{book}", body: "*" },
    "GW_FIELD_TYPE",
    '"book" is a library.v1.Book; bind one of its fields',
  ],
  [
    "a Struct as path variable",
    "GetKinds",
    { get: "/v1/{f_struct}" },
    "GW_FIELD_TYPE",
    '"f_struct" is a google.protobuf.Struct',
  ],
  [
    "a path variable inside of a well-known type",
    "GetKinds",
    { get: "/v1/{f_timestamp.seconds}" },
    "GW_FIELD_TYPE",
    'goes into google.protobuf.Timestamp, which is one value; bind "f_timestamp"',
  ],
  [
    "several segments for a number",
    "GetKinds",
    { get: "/v1/{f_int32=a/*}" },
    "GW_FIELD_TYPE",
    '"f_int32" spans several segments but is not a string',
  ],
  [
    "an unknown body",
    "UpdateBook",
    { patch: "/v1/x", body: "buch" },
    "GW_BODY_UNKNOWN",
    'body "buch" must be one top-level field of library.v1.UpdateBookRequest (fields: book,',
  ],
  [
    "a dotted body",
    "UpdateBook",
    { patch: "/v1/x", body: "book.author" },
    "GW_BODY_UNKNOWN",
    'body "book.author" must be one top-level field',
  ],
  [
    "a body by its json name",
    "UpdateBook",
    { patch: "/v1/x", body: "updateMask" },
    "GW_BODY_UNKNOWN",
    'did you mean "update_mask"?',
  ],
  [
    "a body that the path binds",
    "CreateBook",
    { post: "/v1/{book_id}", body: "book_id" },
    "GW_BODY_BOUND_BY_PATH",
    'body "book_id" is bound by the path as well',
  ],
  [
    "a body on GET",
    "GetBook",
    { get: "/v1/x", body: "*" },
    "GW_BODY_ON_GET",
    "a GET request has no body",
  ],
  [
    "an unknown response_body",
    "GetBook",
    { get: "/v1/x", response_body: "nope" },
    "GW_RESPONSE_BODY_UNKNOWN",
    'response_body "nope" must be one top-level field of library.v1.Book',
  ],
];

test("refuses bad rules with a stable code, the place and the fix", async (t) => {
  for (const [name, rpc, rule, code, message] of bad) {
    await t.test(name, () => {
      const { problems } = resolve(rpc, rule);
      const errors = problems.filter(({ severity }) => severity === "error");
      assert.deepEqual(
        errors.map((problem) => problem.code),
        [code],
      );
      assert.ok(errors[0]?.message.includes(message), errors[0]?.message);
      assert.match(
        errors[0]?.message ?? "",
        /^library\.proto:15( \(additional_bindings\[0\]\))?: library\.v1\.Library\//,
      );
      assert.equal(errors[0]?.location?.line, 15);
    });
  }
});

test("collects the problems of all bindings and keeps the good ones", () => {
  const { bindings, problems } = resolve("GetBook", {
    get: "/v1/{nope}",
    response_body: "nope",
    additional_bindings: [{ get: "/v1/{name=books/*}" }, { get: "v1" }],
  });
  assert.deepEqual(
    problems.map(({ code }) => code),
    ["GW_FIELD_UNKNOWN", "GW_RESPONSE_BODY_UNKNOWN", "GW_TEMPLATE_SYNTAX"],
  );
  assert.deepEqual(
    bindings.map(({ index, template }) => [index, template.text]),
    [[1, "/v1/{name=books/*}"]],
  );
});

test("resolves a rule and its additional bindings", () => {
  const { bindings, problems } = resolve("UpdateBook", {
    patch: "/v1/{book.name=shelves/*/books/*}",
    body: "book",
    responseBody: "author",
    additionalBindings: [{ put: "/v1/books/{book.stock}", body: "*" }],
  });
  assert.deepEqual(problems, []);
  const [main, additional] = bindings;
  assert.equal(main?.httpMethod, "PATCH");
  assert.deepEqual(
    main?.pathVariables.map(({ field, index }) => [field.path, field.fields.length, index]),
    [["book.name", 2, 0]],
  );
  assert.equal(typeof main?.body === "object" && main.body.name, "book");
  assert.equal(main?.responseBody?.name, "author");
  assert.equal(additional?.httpMethod, "PUT");
  assert.equal(additional?.index, 1);
  assert.equal(additional?.body, "*");
});

test("takes custom kinds, and * for any method", () => {
  assert.equal(
    bindingOf("GetBook", { custom: { kind: "PROPFIND", path: "/v1/x" } }).httpMethod,
    "PROPFIND",
  );
  assert.equal(bindingOf("GetBook", { custom: { kind: "*", path: "/v1/x" } }).httpMethod, "*");
});

test("takes a body on GET on request", () => {
  const rule = { get: "/v1/x", body: "*" };
  assert.equal(resolve("GetBook", rule, { allowBodyOnGet: true }).bindings[0]?.body, "*");
});

test("warns of a body on DELETE and of fields that no query can carry", () => {
  const warnings = (rpc: string, rule: unknown) =>
    resolve(rpc, rule).problems.map(({ severity, code, message }) => [
      severity,
      code,
      message.slice(message.lastIndexOf(": ") + 2),
    ]);
  assert.deepEqual(warnings("UpdateBook", { delete: "/v1/x", body: "*" }), [
    ["warning", "GW_BODY_ON_DELETE", "many clients and proxies drop the body of a DELETE"],
  ]);
  assert.deepEqual(warnings("CreateBook", { post: "/v1/{parent}" }), [
    ["warning", "GW_QUERY_UNBINDABLE", "no query parameter can carry others; name a body"],
  ]);
  assert.deepEqual(warnings("GetKinds", { get: "/v1/x" }), [
    [
      "warning",
      "GW_QUERY_UNBINDABLE",
      "no query parameter can carry f_struct, f_value; name a body",
    ],
  ]);
  assert.deepEqual(warnings("CreateBook", { post: "/v1/x", body: "others" }), []);
});

test("reads the messages of @bufbuild/protobuf", () => {
  const binding = bindingOf("UpdateBook", {
    $typeName: "google.api.HttpRule",
    $unknown: undefined,
    selector: "",
    pattern: {
      case: "custom",
      value: { $typeName: "google.api.CustomHttpPattern", kind: "*", path: "/v1/x" },
    },
    body: "*",
    responseBody: "",
    additionalBindings: [],
  });
  assert.deepEqual([binding.httpMethod, binding.template.text, binding.body], ["*", "/v1/x", "*"]);
});

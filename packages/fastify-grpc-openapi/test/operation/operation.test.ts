import assert from "node:assert/strict";
import { test } from "node:test";
import { type StreamEncoder, streamEncoders } from "grpc-transcoding";
import { documentOf, operationOf } from "../document-of.ts";
import { standardJson } from "../gateway-entry.ts";

const request = "message Request { string name = 1; int32 page_size = 2; }";

const paths: readonly (readonly [template: string, path: string])[] = [
  ["/v1/books", "/v1/books"],
  ["/v1/books/{name}", "/v1/books/{name}"],
  ["/v1/books/{page_size}", "/v1/books/{pageSize}"],
  ["/v1/{name=shelves/*}", "/v1/shelves/{shelf}"],
  ["/v1/{name=shelves/*/books/*}", "/v1/shelves/{shelf}/books/{book}"],
  ["/v1/{name=shelves/*/books/*}:lend", "/v1/shelves/{shelf}/books/{book}:lend"],
  ["/v1/{name=projects/*/categories/*}/x", "/v1/projects/{project}/categories/{category}/x"],
  ["/v1/{name=keyRings/*/crypto-keys/*}", "/v1/keyRings/{keyRing}/crypto-keys/{cryptoKey}"],
  ["/v1/{name=a/*/a/*}", "/v1/a/{a}/a/{a_1}"],
  ["/v1/{name=**}", "/v1/{name}"],
  ["/v1/{name=files/**}", "/v1/files/{file}"],
  ["/v1/{name=*/*}", "/v1/{name}/{name_1}"],
  ["/v1/*/books/{name}", "/v1/{segment}/books/{name}"],
  ["/v1/caf%C3%A9/{name}", "/v1/caf%C3%A9/{name}"],
];

for (const [template, path] of paths) {
  test(`writes ${template} as ${path}`, () => {
    const found = operationOf(`get: "${template}"`, request);
    assert.equal(found.path, path);
    const declared = found.operation.parameters?.filter((one) => one.in === "path");
    const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
    assert.deepEqual(declared?.map((one) => one.name) ?? [], names);
    assert.ok(declared?.every((one) => one.required) ?? true);
  });
}

test("names path parameters after the pattern of the resource", () => {
  const { path } = operationOf(
    'get: "/v1/{name=shelves/*/books/*}"',
    `message Request { string name = 1 [(google.api.resource_reference).type = "x/Book"]; }
     message Book { option (google.api.resource) = { type: "x/Book" pattern: "shelves/{shelf_id}/books/{the_book}" }; }`,
  );
  assert.equal(path, "/v1/shelves/{shelf_id}/books/{the_book}");
});

test("gives two templates that differ in names only one path item", () => {
  const { paths } = documentOf(`
    service S {
      rpc Get(R) returns (R) { option (google.api.http) = { get: "/v1/{name=shelves/*}" }; }
      rpc Set(R) returns (R) { option (google.api.http) = { put: "/v1/shelves/{id}" body: "*" }; }
    } message R { string name = 1; string id = 2; }`);
  assert.deepEqual(Object.keys(paths), ["/v1/shelves/{shelf}"]);
  const set = paths["/v1/shelves/{shelf}"]?.put;
  assert.equal(set?.parameters?.[0]?.name, "shelf");
  const body = set?.requestBody?.content["application/json"]?.schema;
  assert.deepEqual(Object.keys(body?.properties ?? {}), ["name"]);
});

test("reports what OpenAPI cannot tell apart instead of dropping it silently", () => {
  const findings: string[] = [];
  documentOf(
    `service S {
      rpc One(R) returns (R) { option (google.api.http) = { get: "/v1/{name=shelves/*}" }; }
      rpc All(R) returns (R) { option (google.api.http) = { get: "/v1/{name=shelves/**}" }; }
    } message R { string name = 1; }`,
    { options: { onFinding: ({ rule }) => findings.push(rule) } },
  );
  assert.deepEqual(findings, ["path-overlap"]);
});

test("numbers the bindings of a method, and tells services of one name apart", () => {
  const { paths, tags } = documentOf(`
    service S { rpc Do(R) returns (R) { option (google.api.http) = { get: "/a" additional_bindings { get: "/b" } }; } }
    message R {}`);
  assert.equal(paths["/a"]?.get?.operationId, "S_Do");
  assert.equal(paths["/b"]?.get?.operationId, "S_Do_1");
  assert.deepEqual(tags, [{ name: "S" }]);
});

test("splits a comment into summary and description", () => {
  const { paths } = documentOf(`
    // About the service.
    service S {
      // Does
      // it.
      //
      // - And more.
      rpc Do(R) returns (R) { option deprecated = true; option (google.api.http) = { get: "/a" }; }
    } message R {}`);
  const operation = paths["/a"]?.get;
  assert.equal(operation?.summary, "Does it.");
  assert.equal(operation?.description, "- And more.");
  assert.equal(operation?.deprecated, true);
});

test("makes query parameters of what neither path nor body has", () => {
  const { operation } = operationOf(
    'post: "/v1/{parent.name=shelves/*}" body: "book"',
    `message Request {
      Parent parent = 1; Response book = 2;
      repeated int32 ids = 3; map<string, int64> labels = 4; Kind kind = 5;
      google.protobuf.Timestamp since = 6; google.protobuf.FieldMask mask = 7; google.protobuf.BoolValue flag = 8;
      google.protobuf.Struct open = 9; repeated Response many = 10; google.protobuf.Any any = 11;
      string view_id = 12 [(google.api.field_behavior) = REQUIRED];
      string etag = 13 [(google.api.field_behavior) = OUTPUT_ONLY];
    }
    message Parent { string name = 1; string note = 2; }
    enum Kind { K = 0; }`,
  );
  const query = operation.parameters?.filter((one) => one.in === "query");
  assert.deepEqual(query, [
    { name: "parent.note", in: "query", schema: { type: "string" } },
    {
      name: "ids",
      in: "query",
      style: "form",
      explode: true,
      schema: { type: "array", items: { type: "integer", format: "int32" } },
    },
    {
      name: "labels",
      in: "query",
      style: "deepObject",
      explode: true,
      schema: { type: "object", additionalProperties: { type: "string", format: "int64" } },
    },
    { name: "kind", in: "query", schema: { $ref: "#/components/schemas/t.Kind" } },
    { name: "since", in: "query", schema: { type: "string", format: "date-time" } },
    { name: "mask", in: "query", schema: { type: "string" } },
    { name: "flag", in: "query", schema: { type: "boolean" } },
    { name: "viewId", in: "query", required: true, schema: { type: "string" } },
  ]);
});

test("ends the parameters of a recursive request, and keeps two fields of one type", () => {
  const { operation } = operationOf(
    'get: "/v1/x"',
    "message Request { Node a = 1; Node b = 2; } message Node { string v = 1; Node next = 2; }",
  );
  const names = operation.parameters?.map((one) => one.name);
  assert.deepEqual(names, ["a.v", "a.next.v", "b.v", "b.next.v"]);
});

test("says which parameters exclude one another", () => {
  const { operation } = operationOf(
    'get: "/v1/x"',
    "message Request { oneof when { string at = 1; Span span = 2; } } message Span { string from = 1; string to = 2; }",
  );
  const members = operation.parameters?.map(({ name, "x-oneof": oneof }) => [
    name,
    (oneof as { member: string }[])[0]?.member,
  ]);
  assert.deepEqual(members, [
    ["at", "at"],
    ["span.from", "span"],
    ["span.to", "span"],
  ]);
  assert.equal(
    operation.parameters?.[0]?.description,
    "At most one of `at`, `span` may be sent (oneof `when`).",
  );
});

test("does not demand the mask of a PATCH that is inferred from the body", () => {
  const messages = `message Request { Response book = 1 [(google.api.field_behavior) = REQUIRED];
    google.protobuf.FieldMask update_mask = 2 [(google.api.field_behavior) = REQUIRED]; }`;
  const mask = (patchFieldMask: boolean) =>
    operationOf('patch: "/v1/x" body: "book"', messages, { gateway: { patchFieldMask } }).operation
      .parameters?.[0]?.required;
  assert.equal(mask(true), undefined);
  assert.equal(mask(false), true);
});

test("takes the whole message as body, without what the path has", () => {
  const messages = `message Request {
    string name = 1 [(google.api.field_behavior) = REQUIRED];
    Part part = 2 [(google.api.field_behavior) = REQUIRED];
    Only only = 3; }
    message Part { string id = 1; string text = 2; } message Only { string id = 1; }`;
  const whole = operationOf('post: "/v1/x" body: "*"', messages).operation;
  assert.equal(whole.requestBody?.required, true);
  assert.deepEqual(whole.requestBody?.content["application/json"]?.schema, {
    $ref: "#/components/schemas/t.Request",
  });
  assert.equal(whole.parameters, undefined);
  const { operation } = operationOf('post: "/v1/{name}/{part.id}/{only.id}" body: "*"', messages);
  const schema = operation.requestBody?.content["application/json"]?.schema;
  assert.deepEqual(schema?.properties, {
    part: { type: "object", properties: { text: { type: "string" } } },
  });
  assert.deepEqual(schema?.required, ["part"]);
});

test("takes one field as body, of any kind, and leaves the others to the query", () => {
  const messages = "message Request { repeated string names = 1; int32 x = 2; }";
  const { operation } = operationOf('post: "/v1/x" body: "names"', messages);
  assert.deepEqual(operation.requestBody?.content["application/json"]?.schema, {
    type: "array",
    items: { type: "string" },
  });
  assert.deepEqual(
    operation.parameters?.map((one) => one.name),
    ["x"],
  );
});

test("has no request body without a body in the rule", () => {
  assert.equal(operationOf('post: "/v1/x"', request).operation.requestBody, undefined);
});

const responses: readonly (readonly [
  what: string,
  signature: string,
  rule: string,
  content: object,
])[] = [
  [
    "a message",
    "(Request) returns (Response)",
    "",
    { "application/json": { schema: { $ref: "#/components/schemas/t.Response" } } },
  ],
  [
    "Empty",
    "(Request) returns (google.protobuf.Empty)",
    "",
    { "application/json": { schema: { type: "object", additionalProperties: false } } },
  ],
  [
    "response_body",
    "(Request) returns (Response)",
    'response_body: "value"',
    { "application/json": { schema: { type: "string" } } },
  ],
  [
    "HttpBody",
    "(Request) returns (google.api.HttpBody)",
    "",
    { "*/*": { schema: { type: "string", format: "binary" } } },
  ],
  [
    "a stream of HttpBody",
    "(Request) returns (stream google.api.HttpBody)",
    "",
    { "*/*": { schema: { type: "string", format: "binary" } } },
  ],
];

for (const [what, signature, rule, content] of responses) {
  test(`describes the response: ${what}`, () => {
    const { operation } = operationOf(`get: "/v1/x" ${rule}`, request, { signature });
    assert.deepEqual(operation.responses["200"]?.content, content);
  });
}

test("describes a stream in every format that the gateway offers", () => {
  const stream = (gateway: object, openapi?: string) =>
    operationOf('get: "/v1/x"', request, {
      signature: "(Request) returns (stream Response)",
      gateway,
      ...(openapi && { openapi }),
    }).operation.responses["200"]?.content ?? {};
  const all = stream({});
  assert.deepEqual(Object.keys(all), [
    "application/x-ndjson",
    "text/event-stream",
    "application/json",
  ]);
  const item = {
    anyOf: [
      { $ref: "#/components/schemas/t.Response" },
      { $ref: "#/components/schemas/fastify.grpc.v1.StreamError" },
    ],
  };
  assert.deepEqual(all["application/x-ndjson"], {
    schema: item,
    "x-stream": { framing: "ndjson", item },
  });
  assert.deepEqual(all["application/json"]?.schema, { type: "array", items: item });
  assert.deepEqual(stream({}, "3.2.0")["application/x-ndjson"]?.itemSchema, item);
  assert.deepEqual(Object.keys(stream({ streamEncoders: streamEncoders("bare", ["sse"]) })), [
    "text/event-stream",
  ]);
  const enveloped = stream({ streamEncoders: streamEncoders("result", ["ndjson"]) });
  const [[type, media] = []] = Object.entries(enveloped);
  assert.equal(type, "application/json");
  assert.deepEqual(media?.schema?.anyOf?.[0]?.required, ["result"]);
});

test("describes a stream as an encoder of the app's shows it, or only its media type", () => {
  const csv = {
    name: "csv",
    contentType: "text/csv; charset=utf-8",
    start: () => "",
    message: (json: Uint8Array) => json,
    error: (body: string) => body,
    end: () => "",
  };
  const media = (encoder: StreamEncoder, openapi: string) =>
    operationOf('get: "/v1/x"', request, {
      signature: "(Request) returns (stream Response)",
      gateway: { streamEncoders: [encoder] },
      openapi,
    }).operation.responses["200"]?.content;
  assert.deepEqual(media(csv, "3.2.0"), { "text/csv; charset=utf-8": {} });
  assert.deepEqual(media(csv, "3.0.3"), { "text/csv; charset=utf-8": {} });

  const whole = { ...csv, mediaObject: () => ({ schema: { type: "string" } }) };
  for (const openapi of ["3.0.3", "3.2.0"]) {
    assert.deepEqual(media(whole, openapi)?.[csv.contentType], { schema: { type: "string" } });
  }

  const items: StreamEncoder = {
    ...csv,
    mediaObject: ({ message, error }) => ({ itemSchema: { anyOf: [message, error] } }),
  };
  const shown = media(items, "3.2.0")?.[csv.contentType];
  const item = {
    anyOf: [
      { $ref: "#/components/schemas/t.Response" },
      { $ref: "#/components/schemas/google.rpc.Status" },
    ],
  };
  assert.deepEqual(shown, { itemSchema: item, "x-stream": { framing: "csv", item } });
  const older = media(items, "3.1.0")?.[csv.contentType];
  assert.deepEqual(older, { schema: item, "x-stream": { framing: "csv", item } });
});

test("takes the bytes of an HttpBody as they come, or as JSON where the gateway does", () => {
  const messages = "message Request { string name = 1; google.api.HttpBody file = 2; }";
  const content = (gateway: object) =>
    operationOf('post: "/v1/{name}" body: "file"', messages, { gateway }).operation.requestBody
      ?.content;
  assert.deepEqual(Object.keys(content({}) ?? {}), ["*/*"]);
  assert.deepEqual(content({ httpBodyRequests: "json" }), {
    "application/json": { schema: { $ref: "#/components/schemas/google.api.HttpBody" } },
  });
});

test("names parameters and bodies as the codec does", () => {
  const gateway = { json: { ...standardJson, naming: "proto" as const } };
  const { operation, path } = operationOf(
    'get: "/v1/{page_size}"',
    "message Request { int32 page_size = 1; string view_id = 2; }",
    { gateway },
  );
  assert.equal(path, "/v1/{page_size}");
  assert.deepEqual(
    operation.parameters?.map((one) => one.name),
    ["page_size", "view_id"],
  );
});

test("describes a rule for any method under each of them, and TRACE-like kinds where OpenAPI can", () => {
  const any = operationOf('custom: { kind: "*" path: "/v1/x" }', request).document.paths["/v1/x"];
  assert.deepEqual(Object.keys(any ?? {}), ["get", "put", "post", "delete", "patch"]);
  const ids = Object.values(any ?? {}).map((operation) => operation.operationId);
  assert.equal(new Set(ids).size, 5);
  const head = operationOf('custom: { kind: "HEAD" path: "/v1/x" }', request);
  assert.equal(head.method, "head");
  const findings: string[] = [];
  const purge = operationOf('custom: { kind: "PURGE" path: "/v1/x" }', request, {
    openapi: "3.2.0",
    options: { onFinding: ({ rule }) => findings.push(rule) },
  });
  assert.ok(purge.document.paths["/v1/x"]?.additionalOperations?.PURGE);
  assert.deepEqual(findings, ["method-without-key"]);
});

test("tells what a long-running operation will give", () => {
  const { operation, document } = operationOf(
    'post: "/v1/x" body: "*"',
    `${request} message Meta { int32 done = 1; }`,
    {
      signature: "(Request) returns (google.longrunning.Operation)",
      method:
        'option (google.longrunning.operation_info) = { response_type: "Response" metadata_type: "t.Meta" };',
    },
  );
  assert.deepEqual(operation["x-google-longrunning"], {
    responseType: { $ref: "#/components/schemas/t.Response" },
    metadataType: { $ref: "#/components/schemas/t.Meta" },
  });
  assert.ok(document.components.schemas?.["t.Meta"]);
});

test("writes scopes and hosts of google.api.client where asked", () => {
  const proto = `service S {
      option (google.api.default_host) = "library.example.com";
      option (google.api.oauth_scopes) = "https://x/read,https://x/write";
      rpc Do(R) returns (R) { option (google.api.http) = { get: "/a" }; }
    } message R {}`;
  const plain = documentOf(proto);
  assert.deepEqual(plain.servers, [{ url: "/" }]);
  assert.equal(plain.paths["/a"]?.get?.security, undefined);
  const { servers, paths } = documentOf(proto, {
    options: { defaultHost: true, oauthScheme: "oauth2" },
  });
  assert.deepEqual(servers, [{ url: "https://library.example.com" }]);
  assert.deepEqual(paths["/a"]?.get?.security, [
    { oauth2: ["https://x/read"] },
    { oauth2: ["https://x/write"] },
  ]);
});

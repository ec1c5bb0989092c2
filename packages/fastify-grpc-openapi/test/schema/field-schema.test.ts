import assert from "node:assert/strict";
import { test } from "node:test";
import { buildDocument } from "fastify-grpc-openapi";
import { documentOf, messageOf, propertyOf } from "../document-of.ts";
import { gatewayOf, schemaOf, standardJson } from "../gateway-entry.ts";

const duration = "^-?(?:0|[1-9][0-9]{0,11})(?:\\.[0-9]{1,9})?s$";

const forms: readonly (readonly [field: string, property: object])[] = [
  ["bool f = 1;", { type: "boolean" }],
  ["string f = 1;", { type: "string" }],
  ["bytes f = 1;", { type: "string", format: "byte" }],
  ["int32 f = 1;", { type: "integer", format: "int32" }],
  ["sfixed32 f = 1;", { type: "integer", format: "int32" }],
  ["uint32 f = 1;", { type: "integer", format: "uint32", minimum: 0, maximum: 4294967295 }],
  ["int64 f = 1;", { type: "string", format: "int64" }],
  ["fixed64 f = 1;", { type: "string", format: "uint64" }],
  ["float f = 1;", { type: "number", format: "float" }],
  ["double f = 1;", { type: "number", format: "double" }],
  ["optional int64 f = 1;", { type: "string", format: "int64" }],
  ["repeated int64 f = 1;", { type: "array", items: { type: "string", format: "int64" } }],
  ["map<int32, bool> f = 1;", { type: "object", additionalProperties: { type: "boolean" } }],
  ["M f = 1;", { $ref: "#/components/schemas/t.M" }],
  ["google.protobuf.Timestamp f = 1;", { type: "string", format: "date-time" }],
  ["google.protobuf.Duration f = 1;", { type: "string", pattern: duration }],
  ["google.protobuf.FieldMask f = 1;", { type: "string" }],
  ["google.protobuf.Struct f = 1;", { type: "object", additionalProperties: true }],
  ["google.protobuf.Value f = 1;", {}],
  ["google.protobuf.ListValue f = 1;", { type: "array", items: {} }],
  ["google.protobuf.NullValue f = 1;", { type: "null" }],
  ["google.protobuf.Empty f = 1;", { type: "object", additionalProperties: false }],
  ["google.protobuf.Any f = 1;", { $ref: "#/components/schemas/google.protobuf.Any" }],
  ["google.protobuf.Int64Value f = 1;", { type: "string", format: "int64" }],
  ["google.protobuf.BytesValue f = 1;", { type: "string", format: "byte" }],
  ["google.protobuf.StringValue f = 1;", { type: "string" }],
];

for (const [field, expected] of forms) {
  test(`describes ${field}`, () => assert.deepEqual(propertyOf(field), expected));
}

test("names properties as the codec prints them", () => {
  const keys = (naming: "json" | "proto") => {
    const gateway = { json: { ...standardJson, naming } };
    return Object.keys(
      messageOf('int32 a_b = 1; int32 c = 2 [json_name = "d_e"];', { gateway }).properties ?? {},
    );
  };
  assert.deepEqual(keys("json"), ["aB", "d_e"]);
  assert.deepEqual(keys("proto"), ["a_b", "c"]);
});

test("allows null where the codec prints it", () => {
  const gateway = { json: { ...standardJson, emit: "all" as const } };
  const { properties } = messageOf(
    "optional int32 o = 1; M m = 2; int32 i = 3; repeated M l = 4; oneof x { string s = 5; } E e = 6; optional E oe = 7;",
    { gateway },
    "enum E { E_UNSPECIFIED = 0; }",
  );
  assert.deepEqual(properties?.o, { type: ["integer", "null"], format: "int32" });
  assert.deepEqual(properties?.m, {
    anyOf: [{ $ref: "#/components/schemas/t.M" }, { type: "null" }],
  });
  assert.deepEqual(properties?.i, { type: "integer", format: "int32" });
  assert.equal(properties?.l?.type, "array");
  assert.deepEqual(properties?.s, { type: "string" });
  assert.deepEqual(properties?.e, { $ref: "#/components/schemas/t.E" });
  assert.ok(properties?.oe?.anyOf);
});

test("tells field behavior", () => {
  const option = (value: string) => `[(google.api.field_behavior) = ${value}]`;
  const message = messageOf(`
    string r = 1 ${option("REQUIRED")};
    string o = 2 ${option("OUTPUT_ONLY")};
    string i = 3 ${option("INPUT_ONLY")};
    string m = 4 ${option("IMMUTABLE")};
    string n = 5 ${option("IDENTIFIER")};
    string both = 6 [(google.api.field_behavior) = INPUT_ONLY, (google.api.field_behavior) = OUTPUT_ONLY];
    oneof x { string c = 7 ${option("REQUIRED")}; }`);
  assert.deepEqual(message.required, ["r"]);
  const { properties = {} } = message;
  assert.equal(properties.o?.readOnly, true);
  assert.equal(properties.i?.writeOnly, true);
  assert.equal(properties.m?.["x-google-immutable"], true);
  assert.equal(properties.m?.readOnly, undefined);
  assert.equal(properties.n?.["x-google-identifier"], true);
  assert.equal(properties.both?.readOnly ?? properties.both?.writeOnly, undefined);
});

test("does not demand in responses what the codec leaves out", () => {
  const proto = `
    service S { rpc Do(In) returns (Out) { option (google.api.http) = { post: "/m" body: "*" }; } }
    message In { int32 i = 1 [(google.api.field_behavior) = REQUIRED]; }
    message Out {
      int32 i = 1 [(google.api.field_behavior) = REQUIRED];
      Out m = 2 [(google.api.field_behavior) = REQUIRED];
    }`;
  const required = (emit: "implicit" | "set") => {
    const { schemas = {} } = documentOf(proto, {
      gateway: { json: { ...standardJson, emit } },
    }).components;
    return [schemas["t.In"]?.required, schemas["t.Out"]?.required];
  };
  assert.deepEqual(required("implicit"), [["i"], ["i", "m"]]);
  assert.deepEqual(required("set"), [["i"], ["m"]]);
});

test("lists enums by name with the comments of their values, or by number", () => {
  const field = "E e = 1;";
  const more = `
    // How it is.
    enum E {
      E_UNSPECIFIED = 0; // Not known.
      // Quite
      // new.
      NEW = 1;
      OLD = 2;
    }`;
  const component = (setup: Parameters<typeof documentOf>[1]) =>
    documentOf(
      `service S { rpc Do(M) returns (M) { option (google.api.http) = { post: "/m" body: "*" }; } } message M { ${field} } ${more}`,
      setup,
    ).components.schemas?.["t.E"];
  assert.deepEqual(component({}), {
    type: "string",
    enum: ["E_UNSPECIFIED", "NEW", "OLD"],
    description: "How it is.\n\n- `E_UNSPECIFIED`: Not known.\n- `NEW`: Quite new.",
    "x-enum-descriptions": ["Not known.", "Quite\nnew.", ""],
  });
  const numbers = component({ gateway: { json: { ...standardJson, enums: "number" } } });
  assert.deepEqual(numbers?.enum, [0, 1, 2]);
  assert.deepEqual(numbers?.["x-enum-varnames"], ["E_UNSPECIFIED", "NEW", "OLD"]);
  assert.equal(numbers?.type, "integer");
  assert.deepEqual(component({ options: { omitUnspecified: true } })?.enum, ["NEW", "OLD"]);
});

test("says of a oneof that at most one member is set", () => {
  const message = messageOf(
    "oneof kind { string paper = 1; M audio_book = 2; } oneof one { bool b = 3; }",
  );
  assert.deepEqual(Object.keys(message.properties ?? {}), ["paper", "audioBook", "b"]);
  assert.deepEqual(message.oneOf, [
    { not: { anyOf: [{ required: ["paper"] }, { required: ["audioBook"] }] } },
    { required: ["paper"] },
    { required: ["audioBook"] },
  ]);
  assert.deepEqual(message["x-oneof"], [
    { name: "kind", fields: ["paper", "audioBook"] },
    { name: "one", fields: ["b"] },
  ]);
  assert.match(message.description ?? "", /At most one of `paper`, `audioBook`/);
});

test("combines several oneofs, and demands a member in union style", () => {
  const fields = "oneof x { bool a = 1; bool b = 2; } oneof y { bool c = 3; bool d = 4; }";
  assert.equal(messageOf(fields).allOf?.length, 2);
  const union = messageOf("oneof x { bool a = 1; bool b = 2; }", { options: { oneof: "union" } });
  assert.deepEqual(union.oneOf, [{ required: ["a"] }, { required: ["b"] }]);
});

test("describes resources and references to them", () => {
  const option =
    'option (google.api.resource) = { type: "x/Book" pattern: "shelves/{shelf}/books/{book}" };';
  const message = messageOf(
    `${option} string parent = 1 [(google.api.resource_reference).child_type = "x/Book"];`,
  );
  assert.deepEqual(message["x-google-resource"], {
    type: "x/Book",
    pattern: ["shelves/{shelf}/books/{book}"],
  });
  const reference = message.properties?.parent?.["x-google-resource-reference"];
  assert.deepEqual(reference, { childType: "x/Book" });
});

test("shows what the selected visibility allows", () => {
  const hidden = '[(google.api.field_visibility).restriction = "INTERNAL, PREVIEW"]';
  const fields = `string shown = 1; string hidden = 2 ${hidden}; oneof k { string a = 3; string b = 4 ${hidden}; string c = 5; }`;
  const names = (visibility?: readonly string[] | "all") =>
    Object.keys(messageOf(fields, visibility ? { options: { visibility } } : {}).properties ?? {});
  assert.deepEqual(names(), ["shown", "a", "c"]);
  assert.deepEqual(names(["OTHER"]), ["shown", "a", "c"]);
  assert.deepEqual(names(["PREVIEW"]), ["shown", "hidden", "a", "b", "c"]);
  assert.deepEqual(names("all"), ["shown", "hidden", "a", "b", "c"]);
  assert.deepEqual(messageOf(fields).oneOf?.slice(1), [{ required: ["a"] }, { required: ["c"] }]);
});

test("names components in full, or by their shortest suffix that is unique", () => {
  const proto = `service S { rpc Do(A) returns (B.Inner) { option (google.api.http) = { post: "/m" body: "*" }; } }
    message A { Inner inner = 1; message Inner {} } message B { message Inner { int32 x = 1; } }`;
  const names = (componentNames: "full" | "short") =>
    Object.keys(documentOf(proto, { options: { componentNames } }).components.schemas ?? {});
  assert.ok(names("full").includes("t.A.Inner"));
  const short = names("short");
  assert.ok(
    ["A", "A.Inner", "B.Inner"].every((name) => short.includes(name)),
    short.join(),
  );
});

test("takes comments before others, without what linters and maintainers read", () => {
  const message = messageOf(`
    // The title of a [Book][t.M].
    // (-- api-linter: x=disabled
    //     aip.dev/not-precedent: because --)
    // buf:lint:ignore FIELD
    string a = 1;
    string b = 2; // After.`);
  assert.equal(message.properties?.a?.description, "The title of a Book.");
  assert.equal(message.properties?.b?.description, "After.");
});

test("describes proto2: required fields, groups and extensions", () => {
  const schema = schemaOf({
    "old.proto": `syntax = "proto2"; package old; import "google/api/annotations.proto";
      service S { rpc Do(M) returns (M) { option (google.api.http) = { post: "/m" body: "*" }; } }
      message M { required string must = 1; optional group Part = 2 { optional int32 x = 1; } extensions 100 to 200; }
      extend M { optional string extra = 100; repeated M more = 101; }`,
  });
  const message = buildDocument(gatewayOf(schema)).components.schemas?.["old.M"];
  assert.deepEqual(message?.required, ["must"]);
  assert.deepEqual(message?.properties, {
    must: { type: "string" },
    part: { $ref: "#/components/schemas/old.M.Part" },
    "[old.extra]": { type: "string" },
    "[old.more]": { type: "array", items: { $ref: "#/components/schemas/old.M" } },
  });
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { collectBindings, createSchema, SchemaError } from "grpc-transcoding";
import { compileProtos, testFile } from "./in-memory-protos.ts";

const ranges = "option (fastify.grpc.v1.method) = { stream { ranges: true } };";

/** The bindings of three methods, of which the first has an option. */
function bindingsOf(option: string, selectors: readonly string[] = []) {
  const text = testFile(`
    message Named { google.api.HttpBody content = 1; }
    service Items {
      rpc Read(Item) returns (stream google.api.HttpBody) {
        option (google.api.http) = { get: "/v1/{name}" additional_bindings { post: "/v1" body: "*" } };
        ${option}
      }
      rpc Nested(Item) returns (Named) {
        option (google.api.http) = { get: "/v2/{name}" response_body: "content"
          additional_bindings { get: "/v3/{name}" } };
      }
      rpc Get(Item) returns (Item) { option (google.api.http) = { get: "/v4/{name}" }; }
    }`);
  const imported = text.replace("message Item", 'import "google/api/httpbody.proto"; message Item');
  const schema = createSchema(compileProtos({ "t.proto": imported }));
  const { bindings, problems } = collectBindings(schema, { ranges: selectors });
  const found = bindings.filter((binding) => binding.ranges);
  return {
    found: found.map(({ method, httpMethod, template }) =>
      [method.name, httpMethod, template.text].join(" "),
    ),
    problems: problems.map(({ code, severity }) => `${severity} ${code}`),
  };
}

test("a method declares that its downloads answer ranges", () => {
  assert.deepEqual(bindingsOf("").found, []);
  assert.deepEqual(bindingsOf(ranges).found, ["Read GET /v1/{name}"]);
});

test("selectors name further downloads, and nothing else", () => {
  assert.deepEqual(bindingsOf("", ["test.v1.Items.Nested"]).found, ["Nested GET /v2/{name}"]);
  const all = ["Read GET /v1/{name}", "Nested GET /v2/{name}"];
  assert.deepEqual(bindingsOf("", ["test.v1.*"]).found, all);
  assert.deepEqual(bindingsOf(ranges, ["*"]), { found: all, problems: [] });
});

test("a selector that names no download is warned of", () => {
  const { found, problems } = bindingsOf("", ["test.v1.Items.Get"]);
  assert.deepEqual([found, problems], [[], ["warning GW_SELECTOR_UNMATCHED"]]);
});

test("a method that answers no file cannot declare ranges", () => {
  const text = testFile(`service Items { rpc Get(Item) returns (Item) { ${ranges} } }`);
  assert.throws(
    () => createSchema(compileProtos({ "t.proto": text })),
    (error) =>
      error instanceof SchemaError &&
      /test\.v1\.Items\.Get: \(fastify\.grpc\.v1\.method\)\.stream\.ranges: the response is no google\.api\.HttpBody/.test(
        error.message,
      ),
  );
});

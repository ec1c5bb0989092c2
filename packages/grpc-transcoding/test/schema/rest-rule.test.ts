import assert from "node:assert/strict";
import { test } from "node:test";
import { createSchema, type MethodSchema } from "grpc-transcoding";
import { type RuleWords, resolveRestRule } from "grpc-transcoding/internal";
import { compileProtos, testFile } from "./in-memory-protos.ts";

const schema = createSchema(
  compileProtos({
    "test/v1/rules.proto": testFile(`
      import "google/protobuf/any.proto";
      message Thing { string name = 1; string etag = 2; }
      service Things {
        rpc Get(Thing) returns (Thing) { option (google.api.http) = { get: "/v1/{name=things/*}" }; }
        rpc Pack(google.protobuf.Any) returns (Thing) {
          option (google.api.http) = { post: "/v1/pack" body: "*" };
        }
        rpc Send(stream Thing) returns (Thing) {
          option (google.api.http) = { post: "/v1/send" body: "*" };
        }
      }`),
  }),
);
const [get, pack, send] = schema.services[0]?.methods ?? [];

function problems(method: MethodSchema | undefined, words: RuleWords): readonly string[] {
  if (method === undefined) throw new Error("no method");
  const found: string[] = [];
  resolveRestRule(method, words, (member, what) => found.push(`${member}: ${what}`));
  return found;
}

const noFields = "the JSON of a google.protobuf.Any has no fields";

for (const [what, method, words, expected] of [
  [
    "a header for a variable of the path",
    get,
    { sources: [{ field: "name", header: "x-a" }] },
    'sources[0].field: "name" is a variable of the path',
  ],
  [
    "If-Match for one",
    get,
    { etag: { ifMatch: "name" } },
    'etag.ifMatch: "name" is a variable of the path',
  ],
  [
    "a header for a field of what is no object in JSON",
    pack,
    { sources: [{ field: "type_url", header: "x-a" }] },
    `sources[0].field: ${noFields}`,
  ],
  ["If-Match for one", pack, { etag: { ifMatch: "type_url" } }, `etag.ifMatch: ${noFields}`],
  [
    "a header for streamed requests",
    send,
    { sources: [{ field: "etag", header: "x-a" }] },
    "sources[0]: the method streams its requests, so that no one request can take it",
  ],
  [
    "a Cache-Control that breaks the head",
    get,
    { success: { cacheControl: "a\r\nx-evil: 1" } },
    'success.cacheControl: "a\\r\\nx-evil: 1" is no value of a header',
  ],
] as const) {
  test(`${what} is refused at the start: ${expected.split(":")[0]}`, () => {
    assert.deepEqual(problems(method, words), [expected]);
  });
}

test("what a method can have is not refused", () => {
  const words = {
    success: { cacheControl: "max-age=60" },
    etag: { field: "etag", ifMatch: "etag" },
    sources: [{ field: "etag", cookie: "tag" }],
  };
  assert.deepEqual(problems(get, words), []);
});

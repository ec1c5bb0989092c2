import assert from "node:assert/strict";
import { test } from "node:test";
import { createSchema, type MethodSchema, SchemaError } from "grpc-transcoding";
import { compileProtos, testFile } from "./in-memory-protos.ts";

function methodOf(auth: string, service = ""): MethodSchema | undefined {
  const set = compileProtos({
    "test/v1/items.proto": testFile(`
      enum Kind { KIND_UNSPECIFIED = 0; ADDED = 1; }
      message Ask {
        string owner = 1;
        repeated string groups = 2;
        Kind kind = 3;
        optional int64 account = 4;
        bytes blob = 5;
        Ask inner = 6;
        map<string, string> labels = 7;
        oneof choice { string picked = 8; string other = 9; }
      }
      service Items {
        ${service && `option (fastify.grpc.v1.service) = { auth { ${service} } };`}
        rpc Get(Ask) returns (Ask) { option (fastify.grpc.v1.method) = { ${auth} }; }
      }`),
  });
  return createSchema(set).services[0]?.methods[0];
}

function problemsOf(auth: string, service = ""): readonly string[] {
  try {
    methodOf(auth, service);
  } catch (error) {
    if (error instanceof SchemaError) return error.problems.map(({ message }) => message);
    throw error;
  }
  return [];
}

test("a method says who may call it, or else its service does", () => {
  const scopesOf = (auth: string, service?: string) => methodOf(auth, service)?.auth.scopes;
  assert.equal(scopesOf(""), undefined);
  assert.deepEqual(scopesOf('auth { scopes: ["a", "b c"] }'), [["a"], ["b", "c"]]);
  assert.deepEqual(scopesOf("", 'scopes: "s"'), [["s"]]);
  assert.deepEqual(scopesOf('auth { scopes: "a" }', 'scopes: "s"'), [["a"]]);
  assert.equal(methodOf("auth { anonymous: true }", 'scopes: "s"')?.auth.scopes, undefined);
  assert.equal(methodOf("auth { anonymous: true }", 'scopes: "s"')?.auth.anonymous, true);
  assert.equal(methodOf("auth { anonymous: false }", "anonymous: true")?.auth.anonymous, false);
  assert.equal(
    methodOf('auth { claims { field: "owner" claim: "sub" } }', "anonymous: true")?.auth.anonymous,
    true,
  );
});

test("fields that tokens fill are found by their proto names", () => {
  const method = methodOf(`auth {
    claims { field: "owner" claim: "sub" }
    claims { field: "groups" claim: ["realm", "groups"] }
    claims { field: "kind" claim: "kind" }
    claims { field: "account" claim: "account" }
  }`);
  assert.deepEqual(
    method?.auth.claims.map(({ field, claim }) => [field.number, claim]),
    [
      [1, ["sub"]],
      [2, ["realm", "groups"]],
      [3, ["kind"]],
      [4, ["account"]],
    ],
  );
});

test("what cannot be obeyed is a problem that names its place", () => {
  const claim = (field: string, name = 'claim: "sub"') =>
    problemsOf(`auth { claims { field: "${field}" ${name} } }`);
  const place = "(fastify.grpc.v1.method).auth.claims[0].";
  const expected: readonly [readonly string[], string][] = [
    [claim("owners"), `${place}field: "owners" is not a field of test.v1.Ask (fields: owner, `],
    [claim("inner.owner"), `${place}field: "inner.owner" is not a field of `],
    [claim("picked"), `${place}field: "picked" is in a oneof`],
    [claim("blob"), `${place}field: "blob" must be a string, bool, number or enum, or a list`],
    [claim("inner"), `${place}field: "inner" must be a string`],
    [claim("labels"), `${place}field: "labels" must be a string`],
    [claim("owner", ""), `${place}claim: is missing`],
    [problemsOf('auth { scopes: "" }'), '(fastify.grpc.v1.method).auth.scopes[0]: "" is no scope'],
    [problemsOf('auth { scopes: "a\\"b" }'), "(fastify.grpc.v1.method).auth.scopes[0]: "],
    [problemsOf('auth { scopes: "a" anonymous: true }'), "(fastify.grpc.v1.method).auth.anonymous"],
    [problemsOf("", 'scopes: "a" anonymous: true'), "(fastify.grpc.v1.service).auth.anonymous"],
  ];
  for (const [problems, text] of expected) {
    assert.equal(problems.length, 1, text);
    assert.ok(problems[0]?.includes(text), `${problems[0]} has not ${text}`);
  }
});

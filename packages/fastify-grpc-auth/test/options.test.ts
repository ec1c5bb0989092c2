import assert from "node:assert/strict";
import { test } from "node:test";
import { type FastifyGrpcAuthOptions, resolveOptions } from "../src/options.ts";

function refused(options: unknown, message: RegExp, code = "FST_GRPC_AUTH_OPTION"): void {
  assert.throws(
    () => resolveOptions(options as FastifyGrpcAuthOptions),
    (error: { code: string; message: string }) => {
      assert.match(error.message, message);
      assert.equal(error.code, code);
      return true;
    },
  );
}

const issuer = (settings: object) => ({ issuers: { "https://a": { audience: "a", ...settings } } });
const at = /option issuers\["https:\/\/a"\]/;

test("an issuer has one source of keys, an audience and algorithms of one kind", () => {
  refused(issuer({}), /give one of jwksUri, keys, publicKey, secret/);
  refused(issuer({ jwksUri: "https://a", secret: "x".repeat(32) }), at);
  refused({ issuers: { "https://a": { jwksUri: "https://a" } } }, /audience is undefined/);
  refused(issuer({ jwksUri: "https://a", audience: [] }), /audience is \[\]: give at least one/);
  refused(issuer({ jwksUri: "https://a", algorithms: ["HS256"] }), /algorithms\[0\] is "HS256"/);
  refused(issuer({ jwksUri: "https://a", algorithms: ["none"] }), /algorithms\[0\] is "none"/);
  refused(issuer({ secret: "x".repeat(32), algorithms: ["RS256"] }), /algorithms\[0\] is "RS256"/);
  refused(issuer({ jwksUri: "https://a", algorithms: [] }), /give at least one/);
  refused(issuer({ jwks: "https://a" }), /jwks"?\]? does not exist/, "FST_GRPC_AUTH_UNKNOWN_KEY");
});

test("keys come from where nobody can change them on the way", () => {
  refused(issuer({ jwksUri: "http://keys.example" }), /insecureHttp/);
  refused(issuer({ jwksUri: "ftp://keys.example", insecureHttp: true }), /give an https URL/);
  refused(issuer({ jwksUri: "keys" }), /give an https URL/);
  refused(issuer({ jwksUri: "http://127.0.0.1.example" }), /insecureHttp/);
  for (const jwksUri of ["https://a/keys", "http://localhost:8080/k", "http://[::1]/k"]) {
    resolveOptions(issuer({ jwksUri }));
  }
  resolveOptions(issuer({ jwksUri: "http://keycloak:8080", insecureHttp: true }));
});

test("a secret is long enough, a key is public, and neither is quoted", () => {
  refused(issuer({ secret: "short" }), /secret is "5 bytes long": give at least 32 bytes/);
  refused(issuer({ publicKey: "hunter2" }), /publicKey is "\(a key\)": give a public key as PEM/);
  refused(issuer({ keys: [] }), /keys is "\(keys\)"/);
  refused(issuer({ keys: [{ kty: "oct", k: "hunter2" }] }), /keys is "\(keys\)"/);
  refused(issuer({ keys: [{ kty: "RSA", d: "hunter2" }] }), /keys is "\(keys\)"/);
});

test("metadata of claims has keys that calls can carry, each once", () => {
  refused({ metadata: { "grpc-user": "sub" } }, /metadata\["grpc-user"\] is "grpc-user"/);
  refused({ metadata: { authorization: "sub" } }, /no metadata key that a claim can have/);
  refused({ metadata: { "x user": "sub" } }, /no metadata key/);
  refused({ metadata: { "x-user": "sub", X_User: "sub" } }, /another spelling/);
  refused({ metadata: { "x-user": { claim: "sub", encoding: "base64" } } }, /use one of "text"/);
  refused({ metadata: { "x-user": { claim: [] } } }, /give at least one/);
  refused({ metadata: { "x-user": {} } }, /claim is undefined/);
});

test("selectors name methods, and each once", () => {
  refused({ methods: { "a.*.b": { scopes: ["x"] } } }, /name methods as/);
  refused({ anonymous: ["a"] }, /anonymous\[0\] is "a"/);
  refused({ anonymous: "a.B.C" }, /give a list/);
  refused({ methods: { "a.B.C": {} } }, /scopes is undefined/);
  refused({ methods: { "a.B.C": { scopes: [] } } }, /give at least one/);
  refused({ methods: { "a.B.C": { scopes: ['a"b'] } } }, /give a scope/);
  refused({ methods: { "a.B.C": { scopes: ["a  b"] } } }, /give a scope/);
  refused({ methods: { "a.B.C": { scopes: ["x"] } }, anonymous: ["a.B/C"] }, /says something/);
});

test("what does not exist is told", () => {
  refused({ issuer: {} }, /use one of issuers/, "FST_GRPC_AUTH_UNKNOWN_KEY");
  refused({ issuers: {} }, /names no issuer/, "FST_GRPC_AUTH_VERIFIER");
  refused(
    { ...issuer({ jwksUri: "https://a" }), verify() {} },
    /not both/,
    "FST_GRPC_AUTH_VERIFIER",
  );
  refused({ cacheSize: -1 }, /whole number from 0/);
  refused({ verify: "x" }, /give a function/);
});

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { type TestContext, test } from "node:test";
import grpcAuth, { type FastifyGrpcAuthOptions } from "fastify-grpc-auth";
import { generateKeyPair, SignJWT, UnsecuredJWT } from "jose";
import { audience, now, type TestIssuer, testIssuer } from "./issuer.ts";
import { type Answer, type HeaderList, vaultApp, type Way, ways } from "./vault.ts";

const open: FastifyGrpcAuthOptions = { anonymous: ["vault.v1.Vault.Hello"] };

interface Guarded {
  readonly issuer: TestIssuer;
  readonly calls: { count: number };
  get(...headers: HeaderList): Promise<Answer>;
  bearing(token: string): Promise<Answer>;
}

/** A vault that believes one issuer, asked by one way. */
async function guarded(
  t: TestContext,
  way: Way,
  options: (issuer: TestIssuer) => FastifyGrpcAuthOptions = byJwks,
): Promise<Guarded> {
  const issuer = await testIssuer(t);
  const { port, calls } = await vaultApp(t, {
    upstream: way.upstream,
    before: (app) => app.register(grpcAuth, { ...open, ...options(issuer) }),
  });
  const get = (...headers: HeaderList) => way.ask(port, "Get", headers);
  return {
    issuer,
    calls,
    get,
    bearing: (token) => get(["authorization", `Bearer ${token}`]),
  };
}

function byJwks({ name, jwksUri }: TestIssuer): FastifyGrpcAuthOptions {
  return { issuers: { [name]: { jwksUri, audience, algorithms: ["RS256"] } } };
}

function assertInvalid(answer: Answer, what: string): void {
  assert.equal(answer.code, "UNAUTHENTICATED", what);
  if (answer.status !== undefined) assert.equal(answer.status, 401, what);
  assert.equal(answer.challenge, 'Bearer error="invalid_token"', what);
  assert.equal(answer.reason, "INVALID_TOKEN", what);
  assert.equal(answer.message, "the bearer token is not valid", what);
}

type BadToken = (issuer: TestIssuer) => string | Promise<string>;

const badTokens: Readonly<Record<string, BadToken>> = {
  "alg none": ({ name }) =>
    new UnsecuredJWT({ iss: name, aud: audience, sub: "alice", exp: now() + 600 }).encode(),
  "HS256 by the public key": ({ name, pem }) =>
    new SignJWT({ iss: name, aud: audience, sub: "alice", exp: now() + 600 })
      .setProtectedHeader({ alg: "HS256", kid: "key-0" })
      .sign(new TextEncoder().encode(pem)),
  "another algorithm than the issuer's": async ({ name }) => {
    const { privateKey } = await generateKeyPair("ES256");
    return new SignJWT({ iss: name, aud: audience, sub: "alice", exp: now() + 600 })
      .setProtectedHeader({ alg: "ES256", kid: "key-0" })
      .sign(privateKey);
  },
  "another's key": async ({ name }) => {
    const { privateKey } = await generateKeyPair("RS256");
    return new SignJWT({ iss: name, aud: audience, sub: "alice", exp: now() + 600 })
      .setProtectedHeader({ alg: "RS256", kid: "key-0" })
      .sign(privateKey);
  },
  "a key of its own, by jwk and jku": async ({ name }) => {
    const { privateKey } = await generateKeyPair("RS256");
    return new SignJWT({ iss: name, aud: audience, sub: "alice", exp: now() + 600 })
      .setProtectedHeader({ alg: "RS256", jku: "http://127.0.0.1:1/", jwk: { kty: "RSA" } })
      .sign(privateKey);
  },
  "expired, beyond the tolerance": ({ token }) => token({ exp: now() - 40 }),
  "not yet valid": ({ token }) => token({ nbf: now() + 60 }),
  "without an end": ({ token }) => token({ exp: undefined as never }),
  "another issuer": ({ token }) => token({ iss: "https://other.example" }),
  "an issuer that ends with a slash": ({ token, name }) => token({ iss: `${name}/` }),
  "no issuer": ({ token }) => token({ iss: undefined as never }),
  "an issuer named as a member of objects": ({ token }) => token({ iss: "__proto__" }),
  "another audience": ({ token }) => token({ aud: "shop" }),
  "no audience": ({ token }) => token({ aud: undefined as never }),
  "an unknown key": ({ token }) => token({}, { kid: "key-9" }),
  "a changed payload": async ({ token }) => {
    const [head, , signature] = (await token()).split(".");
    const payload = Buffer.from(JSON.stringify({ sub: "root" })).toString("base64url");
    return [head, payload, signature].join(".");
  },
  "more than 8 KiB": ({ token }) => token({ padding: "x".repeat(7000) }),
  garbage: () => "garbage",
  "dots alone": () => "..",
  "no JSON": () => "e30.bm8.c2ln",
  "an object that nests deep": () =>
    `e30.${Buffer.from("[".repeat(4000)).toString("base64url")}.c2ln`,
};

for (const way of ways) {
  test(`${way.name} takes a good token and no other`, async (t) => {
    const { issuer, calls, get, bearing } = await guarded(t, way);
    for (const [what, make] of Object.entries(badTokens)) {
      assertInvalid(await bearing(await make(issuer)), what);
    }
    for (const text of ["Bearer", "Bearer a b", "Bearer a,b", "bearer =", "bearer \u00e9"]) {
      assertInvalid(await get(["authorization", text]), text);
    }
    const missing = await get();
    assert.equal(missing.code, "UNAUTHENTICATED");
    assert.equal(missing.challenge, "Bearer");
    assert.equal(missing.reason, "TOKEN_MISSING");
    assert.equal((await get(["authorization", "Basic YTpi"])).challenge, "Bearer");
    assert.equal(calls.count, 0);
    const good = await issuer.token();
    for (const scheme of ["Bearer", "bearer", "BEARER", "Bearer  "]) {
      assert.equal((await get(["authorization", `${scheme} ${good}`])).code, "OK", scheme);
    }
    // Within the tolerance of 30 seconds, and for several audiences.
    for (const claims of [{ exp: now() - 20 }, { nbf: now() + 20 }, { aud: ["shop", "vault"] }]) {
      assert.equal((await bearing(await issuer.token(claims))).code, "OK");
    }
    assert.equal(calls.count, 7);
  });

  test(`${way.name} makes one fetch of 50 unknown keys`, async (t) => {
    const { issuer, bearing } = await guarded(t, way);
    assert.equal((await bearing(await issuer.token())).code, "OK");
    assert.equal(issuer.fetches.count, 1);
    const bad = Array.from({ length: 50 }, () => issuer.token({}, { kid: randomUUID() }));
    const answers = await Promise.all(bad.map(async (token) => await bearing(await token)));
    for (const answer of answers) assertInvalid(answer, "unknown key");
    assert.equal(issuer.fetches.count, 1);
  });

  test(`${way.name} is told 503 while the issuer is down and no key is known`, async (t) => {
    const { issuer, bearing } = await guarded(t, way);
    issuer.isUp = false;
    const answer = await bearing(await issuer.token());
    assert.equal(answer.code, "UNAVAILABLE");
    if (answer.status !== undefined) assert.equal(answer.status, 503);
    assert.equal(answer.reason, "TOKEN_UNVERIFIABLE");
    assert.doesNotMatch(answer.text, /127\.0\.0\.1|jwks|issuer/);
  });

  test(`${way.name} is open where a method is`, async (t) => {
    const { issuer, calls } = await guarded(t, way);
    const { port } = await vaultApp(t, {
      upstream: way.upstream,
      before: (app) => app.register(grpcAuth, { ...open, ...byJwks(issuer) }),
    });
    assert.equal((await way.ask(port, "Hello", [])).code, "OK");
    assertInvalid(await way.ask(port, "Hello", [["authorization", "Bearer nonsense"]]), "bad");
    assert.equal((await way.ask(port, "Get", [])).code, "UNAUTHENTICATED");
    assert.equal(calls.count, 0);
  });
}

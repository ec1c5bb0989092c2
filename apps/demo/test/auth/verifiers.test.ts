import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import fastifyJwt, { type FastifyJWTOptions } from "@fastify/jwt";
import type { FastifyInstance } from "fastify";
import grpcAuth, { type FastifyGrpcAuthOptions } from "fastify-grpc-auth";
import { SignJWT } from "jose";
import { audience, now, testIssuer } from "./issuer.ts";
import { nativeIn, rest1, type VaultOptions, vaultApp, ways } from "./vault.ts";

const secret = "a secret of at least thirty-two bytes";

async function jwtApp(
  t: TestContext,
  jwt: Partial<FastifyJWTOptions> = {},
  vault: VaultOptions = {},
): Promise<{ readonly app: FastifyInstance; readonly port: number }> {
  return await vaultApp(t, {
    ...vault,
    before: async (app) => {
      await app.register(fastifyJwt, { secret, verify: { allowedAud: "vault" }, ...jwt });
      await app.register(grpcAuth, {
        anonymous: ["vault.v1.Vault.Hello"],
        metadata: { "x-user-id": "sub" },
      });
    },
  });
}

for (const way of ways) {
  test(`${way.name}: the app's @fastify/jwt verifies, with its list of what is revoked`, async (t) => {
    const { app, port } = await jwtApp(
      t,
      { trusted: (_request, { jti }: { jti?: string }) => jti !== "revoked" },
      { upstream: way.upstream },
    );
    const ask = (token: string, method = "Get") =>
      way.ask(port, method, [["authorization", `Bearer ${token}`]]);
    const claims = { sub: "alice", aud: "vault" };
    const good = await ask(app.jwt.sign(claims));
    assert.equal(good.code, "OK", good.message);
    assert.deepEqual(
      good.seen?.metadata.filter((text) => text.startsWith("x-user")),
      ["x-user-id: alice"],
    );
    for (const bad of [
      app.jwt.sign({ ...claims, jti: "revoked" }),
      app.jwt.sign({ ...claims, aud: "shop" }),
      app.jwt.sign(claims, { expiresIn: "1" }).replace(/.$/, "!"),
      "garbage",
      `${app.jwt.sign(claims)}${"x".repeat(9000)}`,
    ]) {
      const answer = await ask(bad);
      assert.equal(answer.code, "UNAUTHENTICATED");
      assert.equal(answer.challenge, 'Bearer error="invalid_token"');
    }
    assert.equal((await way.ask(port, "Get", [])).challenge, "Bearer");
    assert.equal((await way.ask(port, "Hello", [])).code, "OK");
  });

  test(`${way.name}: the app's own function verifies`, async (t) => {
    const { port } = await vaultApp(t, {
      upstream: way.upstream,
      before: (app) =>
        app.register(grpcAuth, {
          metadata: { "x-user-id": "sub" },
          async verify(token, { method }) {
            if (token === "down")
              throw Object.assign(new Error("at 10.0.0.7"), { statusCode: 503 });
            if (token === "throws") throw new TypeError("a fault of the app at 10.0.0.7");
            return token === "good" ? { sub: String(method?.name) } : undefined;
          },
        }),
    });
    const ask = (token: string) => way.ask(port, "Get", [["authorization", `Bearer ${token}`]]);
    const { seen } = await ask("good");
    assert.deepEqual(
      seen?.metadata.filter((text) => text.startsWith("x-user")),
      ["x-user-id: Get"],
    );
    assert.equal((await ask("bad")).reason, "INVALID_TOKEN");
    for (const [token, code] of [
      ["down", "UNAVAILABLE"],
      ["throws", "UNAUTHENTICATED"],
    ] as const) {
      const answer = await ask(token);
      assert.equal(answer.code, code);
      assert.doesNotMatch(answer.text, /10\.0\.0\.7/);
    }
  });
}

test("a native call that meets no hooks is not verified without the app's list of what is revoked", async (t) => {
  const { app, port } = await jwtApp(t, {}, { gateway: { nativeGrpc: { hooks: "skip" } } });
  const token = app.jwt.sign({ sub: "alice", aud: "vault" });
  const headers = [["authorization", `Bearer ${token}`]] as const;
  assert.equal((await nativeIn.ask(port, "Get", headers)).code, "UNAVAILABLE");
  assert.equal((await rest1.ask(port, "Get", headers)).code, "OK");
});

test("two authorization headers are refused, and a hook may choose one", async (t) => {
  const issuer = await testIssuer(t);
  const options: FastifyGrpcAuthOptions = {
    issuers: { [issuer.name]: { jwksUri: issuer.jwksUri, audience } },
  };
  const good = `Bearer ${await issuer.token()}`;
  const { port } = await vaultApp(t, { before: (app) => app.register(grpcAuth, options) });
  for (const second of [good, "Bearer other", "Basic YTpi"]) {
    for (const pair of [
      [good, second],
      [second, good],
    ] as const) {
      const headers = pair.map((value) => ["Authorization", value] as const);
      const answer = await rest1.ask(port, "Get", headers);
      if (pair[0] === "Basic YTpi") assert.equal(answer.status, 401);
      else assert.equal(answer.challenge, 'Bearer error="invalid_token"');
    }
  }
  const hooked = await vaultApp(t, {
    before: async (app) => {
      app.addHook("onRequest", async (request) => {
        request.headers.authorization = String(request.headers["x-chosen"]);
      });
      await app.register(grpcAuth, options);
    },
  });
  const sent = [
    ["authorization", "a"],
    ["authorization", "b"],
    ["x-chosen", good],
  ] as const;
  assert.equal((await rest1.ask(hooked.port, "Get", sent)).code, "OK");
});

test("an issuer may have a secret, keys or a PEM in place of a URL", async (t) => {
  const issuer = await testIssuer(t);
  const keys = await (await fetch(issuer.jwksUri)).json();
  const { port } = await vaultApp(t, {
    before: (app) =>
      app.register(grpcAuth, {
        issuers: {
          secret: { secret, audience },
          keys: { keys: keys as never, audience },
          pem: { publicKey: issuer.pem, audience, algorithms: ["RS256"] },
        },
      }),
  });
  const codeOf = async (token: string) =>
    (await rest1.ask(port, "Get", [["authorization", `Bearer ${token}`]])).code;
  const bySecret = (iss: string, alg = "HS256") =>
    new SignJWT({ iss, aud: audience, exp: now() + 60 })
      .setProtectedHeader({ alg })
      .sign(new TextEncoder().encode(secret));
  assert.equal(await codeOf(await bySecret("secret")), "OK");
  assert.equal(await codeOf(await bySecret("secret", "HS512")), "UNAUTHENTICATED");
  assert.equal(await codeOf(await bySecret("keys")), "UNAUTHENTICATED");
  assert.equal(await codeOf(await bySecret("pem")), "UNAUTHENTICATED");
  for (const iss of ["keys", "pem"]) assert.equal(await codeOf(await issuer.token({ iss })), "OK");
  // Without a key's name it is whichever fits.
  assert.equal(
    await codeOf(await issuer.token({ iss: "keys" }, { kid: undefined as never })),
    "OK",
  );
  assert.equal(issuer.fetches.count, 1);
});

test("a key that its issuer withdraws takes the tokens with it that were verified by it", async (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: Date.now() });
  const issuer = await testIssuer(t);
  const { port } = await vaultApp(t, {
    before: (app) =>
      app.register(grpcAuth, { issuers: { [issuer.name]: { jwksUri: issuer.jwksUri, audience } } }),
  });
  const codeOf = async (token: string) =>
    (await rest1.ask(port, "Get", [["authorization", `Bearer ${token}`]])).code;
  const old = await issuer.token();
  assert.equal(await codeOf(old), "OK");
  await issuer.rotate();
  t.mock.timers.tick(30_000);
  assert.equal(await codeOf(old), "OK");
  assert.equal(await codeOf(await issuer.token()), "OK");
  assert.equal(issuer.fetches.count, 2);
  assert.equal(await codeOf(old), "UNAUTHENTICATED");
});

test("an app in which nothing verifies tokens does not start", async (t) => {
  const starting = vaultApp(t, { before: (app) => app.register(grpcAuth) });
  await assert.rejects(starting, { code: "FST_GRPC_AUTH_VERIFIER" });
});

import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { FastifyInstance } from "fastify";
import grpcAuth, { claimsOf, type FastifyGrpcAuthOptions } from "fastify-grpc-auth";
import { audience, testIssuer } from "./issuer.ts";
import { type Answer, type VaultOptions, vaultApp, vaultSchema, type Way, ways } from "./vault.ts";

type AskWith = (method: string, claims: object, ...requests: object[]) => Promise<Answer>;

async function asking(
  t: TestContext,
  way: Way,
  options: FastifyGrpcAuthOptions = {},
  vault: VaultOptions = {},
): Promise<
  AskWith & {
    readonly app: FastifyInstance;
    readonly port: number;
    token(claims: object): Promise<string>;
  }
> {
  const issuer = await testIssuer(t);
  const { app, port } = await vaultApp(t, {
    upstream: way.upstream,
    ...vault,
    before: async (app) => {
      await app.register(grpcAuth, {
        issuers: { [issuer.name]: { jwksUri: issuer.jwksUri, audience } },
        ...options,
      });
      await vault.before?.(app);
    },
  });
  const ask: AskWith = async (method, claims, ...requests) => {
    const token = await issuer.token(claims as never);
    return await way.ask(port, method, [["authorization", `Bearer ${token}`]], ...requests);
  };
  return Object.assign(ask, {
    app,
    port,
    token: (claims: object) => issuer.token(claims as never),
  });
}

const org = { groups: ["a"] };

for (const way of ways) {
  test(`${way.name} needs the scopes of the method's annotation`, async (t) => {
    const ask = await asking(t, way);
    for (const claims of [
      { scope: "vault.admin" },
      { scope: "other vault.write vault.read" },
      { scope: ["vault.admin"] },
      { scp: ["vault.read", "vault.write"] },
      { scp: "vault.admin" },
    ]) {
      const { code } = await ask("Put", { ...claims, org });
      assert.equal(code, "OK", JSON.stringify(claims));
    }
    for (const claims of [
      {},
      { scope: "" },
      { scope: "vault.read" },
      { scope: "vault.adminx" },
      { scope: "VAULT.ADMIN" },
      { scope: "vault.read", scp: ["vault.admin"] },
      { scope: { "vault.admin": true } },
      { scope: ["vault.read vault.write"] },
      { scopes: ["vault.admin"] },
    ]) {
      const answer = await ask("Put", { ...claims, org });
      assert.equal(answer.code, "PERMISSION_DENIED", JSON.stringify(claims));
      if (answer.status !== undefined) assert.equal(answer.status, 403);
      assert.equal(answer.reason, "INSUFFICIENT_SCOPE");
      assert.deepEqual(answer.info, { scopes: "vault.admin, or vault.read vault.write" });
      assert.equal(answer.challenge, 'Bearer error="insufficient_scope", scope="vault.admin"');
    }
    // The others need a token, whatever its scopes.
    assert.equal((await ask("Get", {})).code, "OK");
  });

  test(`${way.name} obeys options: of one method before its annotation, of many behind it`, async (t) => {
    const ask = await asking(t, way, {
      methods: {
        "*": { scopes: ["nobody"] },
        "vault.v1.*": { scopes: ["some"] },
        "vault.v1.Vault/Get": { scopes: ["get", "read it"] },
      },
      anonymous: ["vault.v1.Vault.Hello"],
    });
    const codeOf = async (method: string, scope: string) =>
      (await ask(method, { scope, org })).code;
    assert.equal(await codeOf("Get", "get"), "OK");
    assert.equal(await codeOf("Get", "it read"), "OK");
    assert.equal(await codeOf("Get", "some"), "PERMISSION_DENIED");
    assert.equal(await codeOf("Put", "vault.admin"), "OK");
    assert.equal(await codeOf("Put", "some"), "PERMISSION_DENIED");
    assert.equal(await codeOf("Fill", "some"), "OK");
    assert.equal(await codeOf("Fill", "nobody"), "PERMISSION_DENIED");
    assert.equal((await way.ask(ask.port, "Hello", [])).code, "OK");
    assert.equal((await way.ask(ask.port, "Look", [])).code, "OK");
  });

  test(`${way.name} is of the tenant that its token names, or refused`, async (t) => {
    const ask = await asking(
      t,
      way,
      { tenantClaim: "tenant" },
      { gateway: { tenant: ({ headers }) => headers["x-tenant"] as string | undefined } },
    );
    const askFor = async (tenant: string | undefined, claims: object) => {
      const token = await ask.token(claims);
      const headers = [
        ["authorization", `Bearer ${token}`],
        ...(tenant === undefined ? [] : [["x-tenant", tenant]]),
      ] as [string, string][];
      return await way.ask(ask.port, "Get", headers);
    };
    assert.equal((await askFor("acme", { tenant: "acme" })).code, "OK");
    assert.equal((await askFor("acme", { tenant: ["other", "acme"] })).code, "OK");
    for (const [tenant, claims] of [
      ["acme", { tenant: "other" }],
      ["acme", {}],
      [undefined, { tenant: "acme" }],
      [undefined, {}],
    ] as const) {
      const { code, reason } = await askFor(tenant, claims);
      assert.equal(code, "PERMISSION_DENIED");
      assert.equal(reason, "TENANT_MISMATCH");
    }
  });

  test(`${way.name} tells the app's policies who is calling`, async (t) => {
    const seen: unknown[] = [];
    const ask = await asking(
      t,
      way,
      {},
      {
        gateway: {
          policies: [
            ({ identity, context }) => {
              const claims = claimsOf(context);
              assert.equal(identity, claims);
              seen.push(claims?.sub);
              // Many calls share them.
              assert.throws(() => Object.assign(claims ?? {}, { admin: true }), TypeError);
            },
          ],
        },
      },
    );
    assert.equal((await ask("Get", { sub: "bob" })).code, "OK");
    assert.deepEqual(seen, ["bob"]);
  });
}

for (const way of ways) {
  test(`${way.name} needs the scopes that the tenant's own schema asks for`, async (t) => {
    const ask = await asking(
      t,
      way,
      { methods: { "tenants.v1.Of.Their": { scopes: ["a"] } } },
      { gateway: { tenant: ({ headers }) => headers["x-tenant"] as string | undefined } },
    );
    const services = vaultSchema.services.map((service) => ({
      ...service,
      methods: service.methods.map((method) => ({
        ...method,
        auth: { ...method.auth, scopes: [["acme"]] },
      })),
    }));
    await ask.app.grpcGateway().tenants.set("acme", {
      schema: { ...vaultSchema, services } as typeof vaultSchema,
    });
    const codeOf = async (tenant: string, scope: string) => {
      const token = await ask.token({ scope });
      const headers = [
        ["authorization", `Bearer ${token}`],
        ["x-tenant", tenant],
      ] as const;
      return (await way.ask(ask.port, "Get", headers)).code;
    };
    assert.equal(await codeOf("other", "any"), "OK");
    assert.equal(await codeOf("acme", "any"), "PERMISSION_DENIED");
    assert.equal(await codeOf("acme", "acme"), "OK");
  });
}

test("a selector that means no method keeps the app from starting, and names the nearest", async (t) => {
  const starting = (options: FastifyGrpcAuthOptions) =>
    vaultApp(t, { before: (app) => app.register(grpcAuth, { verify: () => ({}), ...options }) });
  const refused = async (options: FastifyGrpcAuthOptions, message: RegExp) =>
    assert.rejects(starting(options), (error: { code: string; message: string }) => {
      assert.equal(error.code, "FST_GRPC_AUTH_METHOD");
      assert.match(error.message, message);
      return true;
    });
  const some = { scopes: ["a"] };
  await refused(
    { methods: { "vault.v1.Vault.Gett": some } },
    /methods\["vault.v1.Vault.Gett"\].*did you mean "vault.v1.Vault.Get"\?/,
  );
  await refused({ methods: { "vault.v1.Valt.*": some } }, /did you mean "vault.v1.Vault.\*"\?/);
  await refused({ anonymous: ["vault.v1.Vault/get"] }, /did you mean "vault.v1.Vault.Get"\?/);
  await refused({ anonymous: ["/v1/thing/{name}"] }, /did you mean "\/v1\/things\/{name}"\?/);
  await refused({ anonymous: ["a.b.C.D"] }, /there are vault.v1.Vault.Get/);
  await starting({ anonymous: ["grpc.health.v1.Health.*"], methods: { "*": some } });
});

test("a handler of a path needs a token as well, and sees its claims as headers", async (t) => {
  const issuer = await testIssuer(t);
  const { port } = await vaultApp(t, {
    before: (app) =>
      app.register(grpcAuth, {
        issuers: { [issuer.name]: { jwksUri: issuer.jwksUri, audience } },
        methods: { "/v1/files/{id}": { scopes: ["files"] } },
        anonymous: ["/v1/open"],
        metadata: { "x-user-id": "sub" },
      }),
    after(app) {
      const answer = ({ headers }: { headers: object }) =>
        Object.entries(headers).filter(([name]) => name.startsWith("x"));
      app.grpcGateway().handlePath("GET", "/v1/files/{id}", async (request) => answer(request));
      app.grpcGateway().handlePath("GET", "/v1/open", async (request) => answer(request));
    },
  });
  const get = (path: string, headers: Record<string, string>) =>
    fetch(`http://127.0.0.1:${port}${path}`, { headers });
  const spoofed = { "x-user-id": "root", x_user_id: "root", "x-other": "mine" };
  assert.equal((await get("/v1/files/1", spoofed)).status, 401);
  const bearing = async (scope: string) => ({
    ...spoofed,
    authorization: `Bearer ${await issuer.token({ scope })}`,
  });
  assert.equal((await get("/v1/files/1", await bearing("other"))).status, 403);
  const known = await get("/v1/files/1", await bearing("files"));
  assert.deepEqual(await known.json(), [
    ["x-other", "mine"],
    ["x-user-id", "alice"],
  ]);
  assert.deepEqual(await (await get("/v1/open", spoofed)).json(), [["x-other", "mine"]]);
});

import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fastifyJwt from "@fastify/jwt";
import Fastify, { type FastifyInstance } from "fastify";
import * as exported from "fastify-grpc-auth";
import grpcAuth, {
  claimsOf,
  type FastifyGrpcAuthOptions,
  "module.exports" as required,
} from "fastify-grpc-auth";
import grpcGateway from "fastify-grpc-gateway";
import { type Snippet, snippetsOf } from "../policies/snippets.ts";
import { testIssuer } from "./issuer.ts";
import { nativeIn, rest1, type VaultOptions, vaultApp, vaultProto } from "./vault.ts";

const [first, jwt, own, options, metadata, ...rest] = snippetsOf("docs/auth.md") as Snippet[];

const registered =
  (snippet: Snippet | undefined, names: object = {}): NonNullable<VaultOptions["before"]> =>
  (app) =>
    snippet?.({ app, grpcAuth, ...names });

const bearing = (token: string) => [["authorization", `Bearer ${token}`]] as const;

test("the page's first lines verify by an issuer, and name the user", async (t) => {
  assert.deepEqual(rest, []);
  const issuer = await testIssuer(t);
  const { port } = await vaultApp(t, { before: registered(first, issuer) });
  const token = await issuer.token({ iss: "https://issuer.example" });
  const { seen } = await rest1.ask(port, "Get", bearing(token));
  assert.deepEqual(seen?.metadata, ["x-user-id: alice"]);
});

test("the page's @fastify/jwt verifies", async (t) => {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const signer = Fastify();
  await signer.register(fastifyJwt, {
    secret: { private: privateKey, public: publicKey },
    sign: { algorithm: "RS256" },
  });
  const { port } = await vaultApp(t, { before: registered(jwt, { fastifyJwt, publicKey }) });
  const token = signer.jwt.sign({ sub: "alice", aud: "vault" });
  assert.equal((await nativeIn.ask(port, "Get", bearing(token))).code, "OK");
  assert.equal((await nativeIn.ask(port, "Get", bearing(`${token}a`))).code, "UNAUTHENTICATED");
  assert.equal((await nativeIn.ask(port, "Hello", [])).code, "OK");
});

test("the page's own function verifies", async (t) => {
  const sessions = {
    find: async (token: string) =>
      token === "good" ? { user: "alice", scopes: ["vault.admin"] } : undefined,
  };
  const { port } = await vaultApp(t, { before: registered(own, { sessions }) });
  assert.equal((await rest1.ask(port, "Get", bearing("good"))).code, "OK");
  assert.equal((await rest1.ask(port, "Get", bearing("bad"))).code, "UNAUTHENTICATED");
});

test("the page's options and metadata are taken", async (t) => {
  const given = (await options?.({}, "options")) as FastifyGrpcAuthOptions;
  const keys = (await metadata?.({}, "metadata")) as NonNullable<
    FastifyGrpcAuthOptions["metadata"]
  >;
  const claims = {
    sub: "alice",
    scope: "vault a",
    realm_access: { roles: ["a", "b,c"] },
    name: "Zo\u00eb",
  };
  const { port } = await vaultApp(t, {
    before: (app) => app.register(grpcAuth, { ...given, metadata: keys, verify: () => claims }),
    after(app) {
      app.grpcGateway().handlePath("GET", "/v1/open", async () => "open");
    },
  });
  const { seen } = await rest1.ask(port, "Get", bearing("a"));
  assert.deepEqual(seen?.metadata, [
    'x-roles: ["a","b,c"]',
    "x-scopes: vault,a",
    "x-user-id: alice",
    "x-user-name-bin: <Zo\u00eb>",
  ]);
  assert.equal((await rest1.ask(port, "Put", bearing("a"))).code, "PERMISSION_DENIED");
});

test("the page's table of encodings is what is sent", async (t) => {
  const page = readFileSync(new URL("../../../../docs/auth.md", import.meta.url), "utf8");
  const rows = [...page.matchAll(/^\| `"(\w+)"`(?: \(default\))? \| (.*) \| (.*) \|$/gm)];
  assert.equal(rows.length, 4);
  for (const [, encoding, ofText = "", ofList = ""] of rows) {
    for (const [claim, cell] of [
      ["Zo\u00eb, Ada", ofText],
      [["a", "b,c"], ofList],
    ] as const) {
      const { port } = await vaultApp(t, {
        before: (app) =>
          app.register(grpcAuth, {
            verify: () => ({ claim }),
            metadata: { "x-claim": { claim: "claim", encoding: encoding as never } },
          }),
      });
      const { code, seen } = await rest1.ask(port, "Get", bearing("a"));
      const expected = /^`(.*?)`/.exec(cell)?.[1];
      if (expected === undefined) assert.match(cell, /^refused/);
      if (expected === undefined) assert.equal(code, "PERMISSION_DENIED");
      else assert.deepEqual(seen?.metadata, [`x-claim: ${expected}`]);
    }
  }
});

test("the README's example runs, in both module systems", async (t) => {
  const [example, commonJs] = snippetsOf("packages/fastify-grpc-auth/README.md");
  const app = (await example?.({ Fastify, grpcGateway, grpcAuth, proto: vaultProto }, "app")) as
    | FastifyInstance
    | undefined;
  t.after(() => app?.close());
  await app?.ready();
  assert.equal(await commonJs?.({ require: () => required }, "grpcAuth"), grpcAuth);
  assert.equal(await commonJs?.({ require: () => required }, "claimsOf"), claimsOf);
});

test("the pages name every start-up error", () => {
  const page = ["auth", "tls"]
    .map((name) => readFileSync(new URL(`../../../../docs/${name}.md`, import.meta.url), "utf8"))
    .join("");
  const named = new Set(page.match(/FST_GRPC_AUTH_[A-Z_]*[A-Z]/g));
  const thrown = Object.keys(exported).filter((name) => name.startsWith("FST_GRPC_AUTH_"));
  assert.deepEqual([...named].sort(), thrown.sort());
});

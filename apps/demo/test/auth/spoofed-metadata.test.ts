import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import grpcAuth, { type ClaimMetadataSettings } from "fastify-grpc-auth";
import { audience, type TestIssuer, testIssuer } from "./issuer.ts";
import { type HeaderList, type VaultOptions, vaultApp, type Way, ways } from "./vault.ts";

const metadata: ClaimMetadataSettings = {
  "x-user-id": "sub",
  "x-scopes": { claim: "scope", encoding: "list" },
  "x-name": { claim: "name", encoding: "percent" },
  "x-org": { claim: "org", encoding: "json" },
};

/** Every spelling in which somebody might take it for the claim's. */
const spoofs: HeaderList = [
  ["x-user-id", "root"],
  ["X-USER-ID", "root"],
  ["x-user-id", "twice"],
  ["X_User_Id", "root"],
  ["x.user.id", "root"],
  ["x-user_id", "root"],
  ["x-user-id-bin", "cm9vdA=="],
  ["x_user_id-bin", "cm9vdA"],
  ["Grpc-Metadata-X-User-Id", "root"],
  ["grpc-metadata-x_user_id", "root"],
  ["Grpc-Metadata-Grpc-Metadata-X-User-Id", "root"],
  ["Grpc-Metadata-X-User-Id-Bin", "cm9vdA=="],
  ["grpcgateway-x-user-id", "root"],
  ["user", "root"],
  ["x-scopes", "admin"],
  ["x-name", "root"],
  ["x-org", "root"],
];

const gateways: Readonly<Record<string, VaultOptions["gateway"]>> = {
  "the preset standard": {
    headers: {
      request: {
        allow: ["x*", "user*", "grpcgateway-*", "grpc-*"],
        rename: (name) => (name === "user" ? "x_user_id" : undefined),
      },
    },
  },
  "the preset grpc-gateway": {
    preset: "grpc-gateway",
    headers: { request: { allow: ["x*", "grpcgateway-*"] } },
  },
};

async function guarded(
  t: TestContext,
  way: Way,
  gateway: VaultOptions["gateway"],
): Promise<{ readonly issuer: TestIssuer; readonly port: number }> {
  const issuer = await testIssuer(t);
  const { port } = await vaultApp(t, {
    upstream: way.upstream,
    ...(gateway && { gateway }),
    before: (app) =>
      app.register(grpcAuth, {
        issuers: { [issuer.name]: { jwksUri: issuer.jwksUri, audience } },
        anonymous: ["vault.v1.Vault.Hello"],
        metadata,
      }),
  });
  return { issuer, port };
}

/** Of native calls none is renamed, and none has a prefix taken off. */
const isNative = ({ name }: Way): boolean => name.startsWith("native");

for (const way of ways) {
  for (const [preset, gateway] of Object.entries(gateways)) {
    test(`${way.name} with ${preset}: no client sends the metadata of claims itself`, async (t) => {
      const { issuer, port } = await guarded(t, way, gateway);
      const sent = isNative(way) ? spoofs.filter(([name]) => name !== "user") : spoofs;
      // One that is nobody's passes, so that the others are seen to be missing.
      const all: HeaderList = [...sent, ["x-other", "mine"]];
      const anonymous = await way.ask(port, "Hello", all);
      assert.deepEqual(ownMetadata(anonymous.seen?.metadata), ["x-other: mine"]);
      const token = await issuer.token({
        name: "Zo\u00eb, %",
        scope: "read write",
        org: { id: 1 },
      });
      const known = await way.ask(port, "Get", [...all, ["authorization", `Bearer ${token}`]]);
      assert.deepEqual(ownMetadata(known.seen?.metadata), [
        "x-name: Zo%C3%AB,%20%25",
        'x-org: {"id":1}',
        "x-other: mine",
        "x-scopes: read,write",
        "x-user-id: alice",
      ]);
      // Each alone, so that none hides behind another.
      for (const spoof of sent) {
        const { seen } = await way.ask(port, "Hello", [spoof]);
        assert.deepEqual(ownMetadata(seen?.metadata), [], spoof[0]);
      }
    });
  }

  test(`${way.name}: a claim that cannot be sent is encoded or refused, never a 500`, async (t) => {
    const { issuer, port } = await guarded(t, way, undefined);
    const get = async (claims: object) => {
      const token = await issuer.token(claims as never);
      return await way.ask(port, "Get", [["authorization", `Bearer ${token}`]]);
    };
    for (const sub of [
      "Zo\u00eb",
      "a\r\nx-role: admin",
      "a\u0000",
      " alice",
      "alice ",
      {},
      ["a"],
    ]) {
      const answer = await get({ sub });
      assert.equal(answer.code, "PERMISSION_DENIED", JSON.stringify(sub));
      assert.equal(answer.reason, "UNUSABLE_CLAIM");
      if (answer.status !== undefined) assert.equal(answer.status, 403);
    }
    for (const sub of ["", null]) {
      const { seen } = await get({ sub });
      assert.deepEqual(ownMetadata(seen?.metadata), [], JSON.stringify(sub));
    }
    const { seen } = await get({
      name: "a\r\nb\u{1f600}",
      scope: ["a,b", "\u00e9", "c"],
      org: "\u00e9\n",
    });
    assert.deepEqual(ownMetadata(seen?.metadata), [
      "x-name: a%0D%0Ab%F0%9F%98%80",
      'x-org: "\\u00e9\\n"',
      "x-scopes: a%2Cb,%C3%A9,c",
      "x-user-id: alice",
    ]);
  });
}

/** Without what the gateway itself adds. */
function ownMetadata(metadata: readonly string[] = []): readonly string[] {
  return metadata.filter(
    (text) => !/^(?:user-agent|grpc-accept|x-forwarded|grpcgateway-(?!x))/.test(text),
  );
}

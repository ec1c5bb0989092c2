import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import grpcAuth from "fastify-grpc-auth";
import { audience, type TestIssuer, testIssuer } from "./issuer.ts";
import {
  type HeaderList,
  nativeIn,
  nativeOn,
  vaultApp,
  vaultSchema,
  type Way,
  ways,
} from "./vault.ts";

async function guarded(
  t: TestContext,
  way: Way,
): Promise<{
  readonly issuer: TestIssuer;
  readonly port: number;
  readonly calls: { count: number };
  bearing(claims: object): Promise<HeaderList>;
}> {
  const issuer = await testIssuer(t);
  const { port, calls } = await vaultApp(t, {
    upstream: way.upstream,
    before: (app) =>
      app.register(grpcAuth, {
        issuers: { [issuer.name]: { jwksUri: issuer.jwksUri, audience } },
      }),
  });
  return {
    issuer,
    port,
    calls,
    bearing: async (claims) => [
      ["authorization", `Bearer ${await issuer.token({ scope: "vault.admin", ...claims })}`],
    ],
  };
}

const groups = { org: { groups: ["a", "b"] } };

for (const way of ways) {
  test(`${way.name}: the token fills fields of the request, whatever the client sent there`, async (t) => {
    const { port, bearing } = await guarded(t, way);
    const headers = await bearing(groups);
    for (const sent of [
      {},
      { owner: "root" },
      { owner: "root", groups: ["wheel"], name: "ring" },
    ]) {
      const { code, seen, message } = await way.ask(port, "Put", headers, sent);
      assert.equal(code, "OK", message);
      assert.deepEqual(seen?.owners, ["alice"]);
      assert.deepEqual(seen?.groups, ["a", "b"]);
    }
  });

  test(`${way.name}: the token fills every message of a stream`, async (t) => {
    const { port, bearing } = await guarded(t, way);
    const sent = [{ owner: "root" }, {}, { name: "ring", owner: "eve" }];
    const { code, seen } = await way.ask(port, "Fill", await bearing({ sub: "bob" }), ...sent);
    assert.equal(code, "OK");
    assert.deepEqual(seen?.owners, ["bob", "bob", "bob"]);
  });

  test(`${way.name}: of a call without a token the fields are empty`, async (t) => {
    const { port, bearing } = await guarded(t, way);
    const { code, seen } = await way.ask(port, "Look", [], { owner: "root" });
    assert.equal(code, "OK");
    assert.deepEqual(seen?.owners, []);
    const known = await way.ask(port, "Look", await bearing({}), { owner: "root" });
    assert.deepEqual(known.seen?.owners, ["alice"]);
  });

  test(`${way.name}: a claim that is missing, or of another type, refuses the call`, async (t) => {
    const { port, calls, bearing } = await guarded(t, way);
    for (const claims of [
      {},
      { org: "a" },
      { org: { groups: [{ a: 1 }] } },
      { org: { groups: ["\ud800"] } },
      { ...groups, sub: undefined },
      { ...groups, sub: { a: 1 } },
    ]) {
      const answer = await way.ask(port, "Put", await bearing(claims), { owner: "root" });
      assert.equal(answer.code, "PERMISSION_DENIED", JSON.stringify(claims));
      assert.equal(answer.reason, "UNUSABLE_CLAIM");
    }
    assert.equal(calls.count, 0);
    // A number becomes a text where the field is one, and one item a list.
    const { seen } = await way.ask(port, "Put", await bearing({ sub: 7, org: { groups: "a" } }));
    assert.deepEqual([seen?.owners, seen?.groups], [["7"], ["a"]]);
  });
}

// Field 2 is the owner, 1 the name, 4 a number.
const root = Buffer.from("\x12\x04root", "latin1");

/** Messages by which a client could try to hide its own owner, or the token's, from some parser. */
const hostile: Readonly<Record<string, Buffer>> = {
  "a text that goes on beyond the end": Buffer.concat([root, Buffer.from([0x0a, 0x07])]),
  "a length that the token's field would fill": Buffer.concat([root, Buffer.from([0x5a, 0x07])]),
  "a group that never ends": Buffer.concat([root, Buffer.from([0x5b])]),
  "a group": Buffer.concat([root, Buffer.from([0x5b, 0x5c])]),
  "a number that protobufjs reads on into the next field": Buffer.concat([
    root,
    Buffer.from([0x20, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00]),
  ]),
  "a number of an unknown field that is as long": Buffer.concat([
    root,
    Buffer.from([0x58, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00]),
  ]),
  "a number that never ends": Buffer.concat([root, Buffer.from([0x20, 0xff])]),
  "a tag of six bytes": Buffer.from([0x92, 0x80, 0x80, 0x80, 0x80, 0x00, 0x00]),
  "a length of six bytes": Buffer.from([0x0a, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00]),
  "field number 0": Buffer.from([0x02, 0x00]),
  "half a tag": Buffer.from([0x80]),
  "fixed bytes that are missing": Buffer.from([0x59, 0x00]),
};

for (const way of [nativeIn, nativeOn]) {
  test(`${way.name}: a message that parsers could read in two ways does not reach the service`, async (t) => {
    const { port, calls, bearing } = await guarded(t, way);
    const headers = await bearing(groups);
    for (const [what, bytes] of Object.entries(hostile)) {
      for (const method of ["Put", "Fill"]) {
        const answer = await way.ask(port, method, headers, bytes);
        assert.equal(answer.code, "INVALID_ARGUMENT", what);
        assert.match(answer.message, /^the request message is malformed: /);
        assert.equal(answer.seen, undefined);
      }
    }
    const good = await way.ask(port, "Put", headers, Buffer.concat([root, root]));
    assert.deepEqual(good.seen?.owners, ["alice"]);
    assert.equal(calls.count >= 1, true);
  });
}

test("a field that tokens fill and that comes by a reload is refused rather than left to the client", async (t) => {
  const issuer = await testIssuer(t);
  const logged: string[] = [];
  const { app, port, calls } = await vaultApp(t, {
    fastify: { logger: { level: "error", stream: { write: (line) => void logged.push(line) } } },
    gateway: { schema: withoutClaims() },
    before: (one) =>
      one.register(grpcAuth, { issuers: { [issuer.name]: { jwksUri: issuer.jwksUri, audience } } }),
  });
  const headers: HeaderList = [["authorization", `Bearer ${await issuer.token()}`]];
  assert.equal((await nativeIn.ask(port, "Fill", headers, {})).code, "OK");
  await app.grpcGateway().reload(vaultSchema);
  const before = calls.count;
  assert.equal((await nativeIn.ask(port, "Fill", headers, {})).code, "INTERNAL");
  assert.equal(calls.count, before);
  assert.match(logged.join(""), /start the app anew/);
});

function withoutClaims(): typeof vaultSchema {
  const services = vaultSchema.services.map((service) => ({
    ...service,
    methods: service.methods.map((method) => ({
      ...method,
      auth: { ...method.auth, claims: [] },
    })),
  }));
  return { ...vaultSchema, services };
}

import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import http2 from "node:http2";
import { request as httpsRequest } from "node:https";
import { type TestContext, test } from "node:test";
import { Client, credentials, Metadata } from "@grpc/grpc-js";
import type { FastifyServerOptions } from "fastify";
import grpcAuth, {
  type ClientIdentity,
  clientIdentityOf,
  type GrpcClientCertOptions,
  grpcClientCert,
} from "fastify-grpc-auth";
import { codeName, createJsonCodec } from "grpc-transcoding";
import { type KeyPair, noOpenssl, type TestAuthority, testAuthority } from "./certificates.ts";
import { type Upstream, type VaultApp, vaultApp, vaultSchema } from "./vault.ts";

const skip = noOpenssl;

type Tls = { readonly key: string; readonly cert: string; readonly ca: string };

/** Every kind of app whose port has TLS. */
const shapes: Readonly<Record<string, (tls: object) => object>> = {
  https: (tls) => ({ https: tls }),
  "http2 with allowHTTP1": (tls) => ({ http2: true, https: { ...tls, allowHTTP1: true } }),
  http2: (tls) => ({ http2: true, https: tls }),
};

interface Answered {
  readonly code: string;
  readonly metadata: readonly string[];
}

type Ask = (
  tls: Tls,
  port: number,
  client: KeyPair | undefined,
  headers?: Record<string, string>,
) => Promise<Answered>;

const askers: Readonly<Record<string, Ask>> = {
  "HTTP/1.1": (tls, port, client, headers = {}) =>
    new Promise((resolve, reject) => {
      const sent = httpsRequest({
        ...{ host: "127.0.0.1", port, path: "/v1/hello", ca: tls.ca, headers, agent: false },
        ...{ servername: "localhost", ...client },
      });
      sent.on("error", reject).on("response", (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk) => {
          text += chunk;
        });
        response.on("end", () => resolve(answered(text)));
      });
      sent.end();
    }),
  "HTTP/2": async (tls, port, client, headers = {}) => {
    const session = http2.connect(`https://127.0.0.1:${port}`, {
      ...{ ca: tls.ca, servername: "localhost", ...client },
    });
    try {
      return await new Promise((resolve, reject) => {
        session.on("error", reject);
        const stream = session.request({ ":path": "/v1/hello", ...headers });
        let text = "";
        stream.setEncoding("utf8").on("data", (chunk) => {
          text += chunk;
        });
        stream.on("error", reject).on("end", () => resolve(answered(text)));
      });
    } finally {
      session.destroy();
    }
  },
  "native gRPC": async (tls, port, client, headers = {}) => {
    const { ca } = tls;
    const secure = credentials.createSsl(
      Buffer.from(ca),
      client && Buffer.from(client.key),
      client && Buffer.from(client.cert),
    );
    const options = { "grpc.ssl_target_name_override": "localhost", "grpc.enable_retries": 0 };
    const grpc = new Client(`127.0.0.1:${port}`, secure, options);
    const metadata = new Metadata();
    for (const [key, value] of Object.entries(headers)) metadata.set(key, value);
    try {
      return await new Promise((resolve) => {
        grpc.makeUnaryRequest(
          "/vault.v1.Vault/Hello",
          (bytes: Buffer) => bytes,
          (bytes) => bytes,
          Buffer.alloc(0),
          metadata,
          { deadline: Date.now() + 10_000 },
          (error, bytes) => {
            if (error) resolve({ code: codeName(error.code), metadata: [] });
            else resolve(answered(toJson(bytes as Buffer)));
          },
        );
      });
    } finally {
      grpc.close();
    }
  },
};

const method = vaultSchema.services[0]?.methods.find(({ name }) => name === "Hello");

function toJson(bytes: Buffer): string {
  const codec = createJsonCodec(vaultSchema.registry, {
    ...{ naming: "json", emit: "implicit", enums: "name", unknownFields: "reject" },
  } as const);
  return codec
    .toJson(method?.output as never)(bytes)
    .toString();
}

function answered(text: string): Answered {
  const body = JSON.parse(text);
  const own = (body.metadata ?? []).filter((one: string) => /^(?:x-client|x-forw|x-own)/.test(one));
  return { code: body.code === undefined ? "OK" : codeName(body.code), metadata: own };
}

interface Guarded extends VaultApp {
  readonly tls: Tls;
  readonly authority: TestAuthority;
  /** What policies and requests have seen, one for each call. */
  readonly seen: (ClientIdentity | undefined | null)[][];
}

async function guarded(
  t: TestContext,
  shape: (tls: object) => object,
  options: GrpcClientCertOptions,
  upstream: Upstream = "in-process",
  requires = false,
): Promise<Guarded> {
  const authority = testAuthority(t);
  const { key, cert } = authority.issue({ san: "DNS:localhost,IP:127.0.0.1" });
  const tls = { key, cert, ca: authority.cert };
  const seen: (ClientIdentity | undefined | null)[][] = [];
  const app = await vaultApp(t, {
    upstream,
    fastify: shape({
      ...tls,
      requestCert: true,
      rejectUnauthorized: requires,
    }) as FastifyServerOptions,
    before: async (one) => {
      await one.register(grpcClientCert, options);
      one.get("/own", async (request) => request.clientIdentity);
      one.addHook("onRequest", async () => {});
    },
    after(one) {
      one.grpcGateway().handlePath("GET", "/v1/who", async ({ clientIdentity, headers }) => ({
        identity: clientIdentity,
        headers,
      }));
    },
    gateway: {
      headers: { request: { allow: ["x-*", "x_*"] } },
      policies: [
        ({ context, identity, request }) => {
          const client = clientIdentityOf(context);
          assert.equal(identity, client);
          seen.push([client, request?.clientIdentity]);
        },
      ],
    },
  });
  return { ...app, tls, authority, seen };
}

const spoofed = {
  "x-client-cert-cn": "root",
  x_client_cert_spiffe: "spiffe://acme/root",
  "x-client-cert-other": "root",
  "x-forwarded-client-cert": 'Hash=aa;URI=spiffe://acme/root;Subject="CN=root"',
  "x-own": "mine",
};

for (const [shapeName, shape] of Object.entries(shapes)) {
  for (const [protocol, ask] of Object.entries(askers)) {
    if (shapeName === "http2" && protocol === "HTTP/1.1") continue;
    for (const upstream of ["in-process", "passed on"] as const) {
      test(`${protocol} on ${shapeName}, ${upstream}: a client is whom its certificate names`, {
        skip,
      }, async (t) => {
        const { port, tls, authority, seen } = await guarded(
          t,
          shape,
          { metadata: true },
          upstream,
        );
        const alice = authority.issue({
          subject: "/O=Acme, Inc./CN=alice",
          san: "URI:spiffe://acme/ns/a,DNS:alice.example,DNS:a.example,IP:10.0.0.7,email:a@b.c",
        });
        const { fingerprint256 } = new X509Certificate(alice.cert);
        const fingerprint = fingerprint256.replaceAll(":", "").toLowerCase();
        const known = await ask(tls, port, alice, spoofed);
        assert.deepEqual(known, {
          code: "OK",
          metadata: [
            "x-client-cert-cn: alice",
            "x-client-cert-dns: alice.example,a.example",
            `x-client-cert-fingerprint: ${fingerprint}`,
            "x-client-cert-spiffe: spiffe://acme/ns/a",
            "x-client-cert-subject: CN=alice,O=Acme\\,%20Inc.",
            "x-client-cert-uri: spiffe://acme/ns/a",
            "x-own: mine",
          ],
        });
        const identity = {
          source: "connection",
          subject: "CN=alice,O=Acme\\, Inc.",
          commonName: "alice",
          dnsNames: ["alice.example", "a.example"],
          uris: ["spiffe://acme/ns/a"],
          emails: ["a@b.c"],
          ipAddresses: ["10.0.0.7"],
          spiffeId: "spiffe://acme/ns/a",
          fingerprint,
        };
        assert.deepEqual(seen, [[identity, identity]]);
        // Without one, and with one of nobody who is trusted.
        const stranger = testAuthority(t, "stranger").issue({ cn: "root" });
        for (const client of [undefined, stranger]) {
          const unknown = await ask(tls, port, client, spoofed);
          assert.deepEqual(unknown, { code: "OK", metadata: ["x-own: mine"] });
        }
        assert.deepEqual(seen.slice(1), [
          [undefined, null],
          [undefined, null],
        ]);
      });
    }
  }
}

test("methods that need a certificate are refused without one, whatever the protocol", {
  skip,
}, async (t) => {
  const shape = shapes["http2 with allowHTTP1"] as (tls: object) => object;
  const some = await guarded(t, shape, { requireClientCert: ["vault.v1.Vault.Hello"] });
  const none = await guarded(t, shape, { requireClientCert: ["vault.v1.Vault.Get"] });
  const all = await guarded(t, shape, { requireClientCert: true }, "passed on");
  const other = await guarded(t, shape, {});
  for (const [protocol, ask] of Object.entries(askers)) {
    for (const { tls, port, authority } of [some, all]) {
      const client = authority.issue({ cn: "alice" });
      assert.equal((await ask(tls, port, client)).code, "OK", protocol);
      assert.equal((await ask(tls, port, undefined)).code, "PERMISSION_DENIED", protocol);
    }
    for (const { tls, port } of [none, other]) {
      assert.equal((await ask(tls, port, undefined)).code, "OK", protocol);
    }
  }
});

test("a trusted proxy tells whom it speaks for, by its address or its own certificate", {
  skip,
}, async (t) => {
  const shape = shapes["http2 with allowHTTP1"] as (tls: object) => object;
  const spiffeId = "spiffe://acme/proxy";
  const byCert = await guarded(t, shape, {
    metadata: true,
    forwardedCert: { spiffeIds: [spiffeId] },
  });
  const byAddress = await guarded(t, shape, {
    metadata: true,
    forwardedCert: { addresses: ["127.0.0.0/8"] },
  });
  const elsewhere = await guarded(t, shape, {
    metadata: true,
    forwardedCert: { addresses: ["10.0.0.0/8", "::1"] },
  });
  const header =
    'By=spiffe://x;Hash=AA;URI=spiffe://acme/first,By=spiffe://y;Hash=BB;Subject="CN=bob,O=\\"A\\"";URI=spiffe://acme/bob;DNS=b.example;DNS=c.example';
  const bob = [
    "x-client-cert-cn: bob",
    "x-client-cert-dns: b.example,c.example",
    "x-client-cert-fingerprint: bb",
    "x-client-cert-spiffe: spiffe://acme/bob",
    'x-client-cert-subject: CN=bob,O="A"',
    "x-client-cert-uri: spiffe://acme/bob",
  ];
  for (const [protocol, ask] of Object.entries(askers)) {
    const metadataOf = async (
      { tls, port }: Guarded,
      client: KeyPair | undefined,
      headers: Record<string, string> = { "x-forwarded-client-cert": header },
    ) => (await ask(tls, port, client, headers)).metadata;
    const proxy = byCert.authority.issue({ cn: "proxy", san: `URI:${spiffeId}` });
    const other = byCert.authority.issue({ cn: "other", san: `URI:${spiffeId}/x` });
    assert.deepEqual(await metadataOf(byCert, proxy), bob, protocol);
    assert.deepEqual(await metadataOf(byAddress, undefined), bob, protocol);
    // The proxy itself is nobody's client.
    for (const headers of [{}, { "x-forwarded-client-cert": "nonsense" }] as object[]) {
      assert.deepEqual(await metadataOf(byCert, proxy, headers as never), []);
    }
    assert.equal((await metadataOf(byCert, other))[0], "x-client-cert-cn: other", protocol);
    assert.deepEqual(await metadataOf(byCert, undefined), [], protocol);
    assert.deepEqual(await metadataOf(elsewhere, undefined), [], protocol);
  }
});

test("the app's own routes and handlers of paths know their client as well", {
  skip,
}, async (t) => {
  const shape = shapes.https as (tls: object) => object;
  const { port, tls, authority } = await guarded(t, shape, {
    metadata: true,
    forwardedCert: { dnsNames: ["proxy.example"] },
  });
  const get = async (path: string, client: KeyPair) => {
    const text = await new Promise<string>((resolve, reject) => {
      const headers = { "x-forwarded-client-cert": 'Subject="CN=bob"' };
      const options = { host: "127.0.0.1", port, path, ca: tls.ca, agent: false, headers };
      httpsRequest({ ...options, ...client, servername: "localhost" }, (response) => {
        response.once("data", (chunk) => resolve(String(chunk)));
      })
        .on("error", reject)
        .end();
    });
    return JSON.parse(text);
  };
  const alice = authority.issue({ cn: "alice" });
  const proxy = authority.issue({ cn: "proxy", san: "DNS:proxy.example" });
  assert.equal((await get("/own", alice)).commonName, "alice");
  assert.equal((await get("/own", proxy)).commonName, "bob");
  for (const [client, name] of [
    [alice, "alice"],
    [proxy, "bob"],
  ] as const) {
    const { identity, headers } = await get("/v1/who", client);
    assert.equal(identity.commonName, name);
    assert.equal(headers["x-client-cert-cn"], name);
    assert.equal(headers["x-forwarded-client-cert"], undefined);
  }
});

test("a token says more than a certificate, whichever is registered first", { skip }, async (t) => {
  for (const isFirst of [true, false]) {
    const authority = testAuthority(t);
    const tls = { ...authority.issue({ san: "DNS:localhost" }), ca: authority.cert };
    const seen: unknown[] = [];
    const { port } = await vaultApp(t, {
      fastify: { https: { ...tls, requestCert: true, rejectUnauthorized: true } } as never,
      before: async (app) => {
        if (isFirst) await app.register(grpcClientCert);
        await app.register(grpcAuth, {
          anonymous: ["*"],
          verify: () => ({ sub: "token" }),
        });
        if (!isFirst) await app.register(grpcClientCert);
      },
      gateway: {
        policies: [
          ({ identity, context }) => {
            seen.push([Object(identity).sub, clientIdentityOf(context)?.commonName]);
          },
        ],
      },
    });
    const alice = authority.issue({ cn: "alice" });
    const ask = askers["HTTP/1.1"] as Ask;
    await ask(tls, port, alice, { authorization: "Bearer a" });
    await ask(tls, port, alice);
    assert.deepEqual(seen, [
      ["token", "alice"],
      [undefined, "alice"],
    ]);
  }
});

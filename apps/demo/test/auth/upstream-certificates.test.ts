import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import * as grpc from "@grpc/grpc-js";
import Fastify from "fastify";
import { type UpstreamCertificates, upstreamCertificates } from "fastify-grpc-auth";
import grpcGateway, { createServer } from "fastify-grpc-gateway";
import { type KeyPair, noOpenssl, type TestAuthority, testAuthority } from "./certificates.ts";
import { vaultProto } from "./vault.ts";

const skip = noOpenssl;

interface Upstream {
  readonly target: string;
  /** The fingerprints of the clients that it has seen. */
  readonly clients: Set<string>;
}

/** An upstream that takes clients of one authority alone, and no connection for long. */
async function upstreamOf(t: TestContext, authority: TestAuthority): Promise<Upstream> {
  const clients = new Set<string>();
  const { key, cert } = authority.issue({ san: "IP:127.0.0.1" });
  const hello: grpc.handleUnaryCall<object, object> = (call, callback) => {
    const certificate = call.getAuthContext().sslPeerCertificate;
    clients.add((certificate as unknown as { fingerprint256: string }).fingerprint256);
    callback(null, {});
  };
  const server = await createServer({
    proto: vaultProto,
    services: { "vault.v1.Vault": { Hello: hello } },
    server: { "grpc.max_connection_age_ms": 200 },
  });
  const pair = { private_key: Buffer.from(key), cert_chain: Buffer.from(cert) };
  const tls = grpc.ServerCredentials.createSsl(Buffer.from(authority.cert), [pair], true);
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", tls, (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  t.after(() => server.forceShutdown());
  return { target: `127.0.0.1:${port}`, clients };
}

interface Client {
  readonly certificates: UpstreamCertificates;
  write(pair: KeyPair): void;
  hello(): Promise<number>;
}

async function gatewayTo(
  t: TestContext,
  { target }: Upstream,
  authority: TestAuthority,
  first: KeyPair,
  hasCa = true,
): Promise<Client> {
  const path = mkdtempSync(join(tmpdir(), "fastify-grpc-upstream-"));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  const [certFile, keyFile, caFile] = ["tls.crt", "tls.key", "ca.crt"].map((name) =>
    join(path, name),
  ) as [string, string, string];
  const write = ({ key, cert }: KeyPair): void => {
    writeFileSync(keyFile, key);
    writeFileSync(certFile, cert);
  };
  write(first);
  writeFileSync(caFile, authority.cert);
  const app = Fastify();
  t.after(() => app.close());
  const certificates = await upstreamCertificates({
    ...{ certFile, keyFile, log: app.log },
    ...(hasCa && { caFile }),
  });
  app.addHook("onClose", async () => certificates.close());
  const credentials = certificates.channelCredentials(grpc);
  await app.register(grpcGateway, { proto: vaultProto, upstream: { target, credentials } });
  await app.listen({ port: 0, host: "127.0.0.1" });
  const url = `${app.listeningOrigin}/v1/hello`;
  return {
    certificates,
    write,
    async hello() {
      const response = await fetch(url);
      await response.arrayBuffer();
      return response.status;
    },
  };
}

const colons = (cert: string): string => new X509Certificate(cert).fingerprint256;

test("an upstream sees the client certificate of the moment, and no call fails as it changes 20 times", {
  skip,
}, async (t) => {
  const authority = testAuthority(t);
  const upstream = await upstreamOf(t, authority);
  const first = authority.issue({ cn: "gateway" });
  const { certificates, write, hello } = await gatewayTo(t, upstream, authority, first);
  assert.equal(await hello(), 200);
  assert.deepEqual([...upstream.clients], [colons(first.cert)]);
  const statuses: Record<number, number> = {};
  const running = new Set<Promise<void>>();
  const timer = setInterval(() => {
    for (let i = 0; i < 5; i += 1) {
      const call = hello().then((status) => {
        statuses[status] = (statuses[status] ?? 0) + 1;
      });
      running.add(call);
      void call.finally(() => running.delete(call));
    }
  }, 20);
  const seen = (pair: KeyPair): Promise<void> =>
    new Promise((resolve) => {
      const look = setInterval(() => {
        if (!upstream.clients.has(colons(pair.cert))) return;
        clearInterval(look);
        resolve();
      }, 10);
    });
  for (let i = 0; i < 20; i += 1) {
    const pair = authority.issue({ cn: "gateway" });
    write(pair);
    await seen(pair);
  }
  clearInterval(timer);
  await Promise.all(running);
  assert.deepEqual(Object.keys(statuses), ["200"]);
  assert.ok((statuses[200] ?? 0) > 200);
  assert.equal(certificates.status().renewals, 20);
  // One that does not fit changes nothing.
  write({ key: first.key, cert: authority.issue().cert });
  assert.equal(await certificates.reload(), false);
  assert.match(certificates.status().certificates[0]?.problem ?? "", /is not the key of/);
  assert.equal(await hello(), 200);
});

test("an upstream that takes no stranger is not reached by one, nor one whose authority is unknown", {
  skip,
}, async (t) => {
  const authority = testAuthority(t);
  const upstream = await upstreamOf(t, authority);
  const stranger = testAuthority(t, "stranger").issue({ cn: "gateway" });
  const { hello } = await gatewayTo(t, upstream, authority, stranger);
  assert.equal(await hello(), 503);
  const trusting = await gatewayTo(t, upstream, authority, authority.issue(), false);
  assert.equal(await trusting.hello(), 503);
  assert.equal(upstream.clients.size, 0);
});

test("a certificate that cannot be shown, and a grpc-js without providers, are refused", {
  skip,
}, async (t) => {
  const missing = { certFile: "/none.crt", keyFile: "/none.key" };
  await assert.rejects(upstreamCertificates(missing), { code: "FST_GRPC_AUTH_TLS" });
  const authority = testAuthority(t);
  const { certificates } = await gatewayTo(
    t,
    await upstreamOf(t, authority),
    authority,
    authority.issue(),
  );
  assert.throws(() => certificates.channelCredentials({ experimental: {} } as never), {
    code: "FST_GRPC_AUTH_TLS",
  });
});

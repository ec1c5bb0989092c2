import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import * as grpc from "@grpc/grpc-js";
import Fastify, { type FastifyInstance } from "fastify";
import {
  type GrpcClientCertOptions,
  grpcClientCert,
  grpcTls,
  upstreamCertificates,
} from "fastify-grpc-auth";
import grpcGateway from "fastify-grpc-gateway";
import { type Policy, refuse } from "grpc-transcoding";
import { type Snippet, snippetsOf } from "../policies/snippets.ts";
import { noOpenssl, testAuthority } from "./certificates.ts";
import { vaultProto, vaultServer } from "./vault.ts";

const skip = noOpenssl;

const [own, status, age, clients, billing, proxy, upstream, ...rest] = snippetsOf(
  "docs/tls.md",
) as Snippet[];

interface Files {
  readonly certFile: string;
  readonly keyFile: string;
  readonly caFile: string;
}

function filesOf(t: TestContext): { readonly folder: string; readonly files: Files } {
  const folder = mkdtempSync(join(tmpdir(), "fastify-grpc-docs-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const authority = testAuthority(t);
  const { key, cert } = authority.issue({ san: "DNS:localhost" });
  for (const name of ["tls", "tls-b"]) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, "tls.crt"), cert);
    writeFileSync(join(folder, name, "tls.key"), key);
  }
  writeFileSync(join(folder, "ca.crt"), authority.cert);
  const [certFile, keyFile] = [join(folder, "tls/tls.crt"), join(folder, "tls/tls.key")];
  return { folder, files: { certFile, keyFile, caFile: join(folder, "ca.crt") } };
}

test("the page's first lines serve certificates and tell of them", { skip }, async (t) => {
  assert.deepEqual(rest, []);
  const { folder } = filesOf(t);
  // The page's paths, in a folder of the test.
  const moved = (value: unknown): unknown =>
    JSON.parse(
      JSON.stringify(value).replaceAll('"/etc/', JSON.stringify(`${folder}/`).slice(0, -1)),
    );
  const Moved = (options: object) => {
    const app = Fastify(options);
    const { register } = app;
    app.register = ((plugin: never, given: object) =>
      Reflect.apply(register, app, [plugin, moved(given)])) as never;
    return app;
  };
  const app = (await own?.({ Fastify: Moved, grpcTls }, "app")) as FastifyInstance;
  t.after(() => app.close());
  const told: unknown[][] = [];
  await status?.({ app, show: (...values: unknown[]) => told.push(values) });
  assert.deepEqual(
    told.map(([name, , problem]) => [name, problem]),
    [
      ["default", undefined],
      ["*.b.example", undefined],
    ],
  );
});

test("the page's gateway lets connections grow an hour old", async (t) => {
  const app = Fastify();
  t.after(() => app.close());
  await age?.({ app, grpcGateway, proto: vaultProto, upstream: await vaultServer({ count: 0 }) });
  await app.ready();
});

test("the page's app knows its clients", { skip }, async (t) => {
  const { files } = filesOf(t);
  const app = (await clients?.({ Fastify, grpcTls, grpcClientCert, ...files }, "app")) as
    | FastifyInstance
    | undefined;
  t.after(() => app?.close());
  await app?.register(grpcGateway, {
    proto: vaultProto,
    upstream: await vaultServer({ count: 0 }),
  });
  await app?.ready();
  assert.equal(app?.hasRequestDecorator("clientIdentity"), true);
});

test("the page's policy lets one client pass", async () => {
  const verdictFor = async (spiffeId: string | undefined) => {
    const names = { clientIdentityOf: () => spiffeId && { spiffeId }, refuse };
    const policy = (await billing?.(names, "billingOnly")) as Policy;
    return policy({} as never);
  };
  assert.equal(await verdictFor("spiffe://acme/billing"), undefined);
  for (const other of ["spiffe://acme/other", undefined]) {
    assert.notEqual(await verdictFor(other), undefined);
  }
});

test("the page's proxies are taken", async () => {
  let given: GrpcClientCertOptions | undefined;
  const app = Fastify();
  const taking = {
    register: async (plugin: typeof grpcClientCert, options: GrpcClientCertOptions) => {
      given = options;
      await app.register(plugin, options);
    },
  };
  await proxy?.({ app: taking, grpcClientCert });
  assert.deepEqual(Object.keys(given ?? {}), ["forwardedCert"]);
  await app.close();
});

test("the page's upstream is shown a certificate", { skip }, async (t) => {
  const { files } = filesOf(t);
  const app = Fastify();
  t.after(() => app.close());
  const names = { app, grpc, grpcGateway, upstreamCertificates, proto: vaultProto, ...files };
  const certificates = (await upstream?.(names, "certificates")) as { status(): object };
  await app.ready();
  assert.equal((certificates.status() as { renewals: number }).renewals, 0);
});

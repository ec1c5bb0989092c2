import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import dns from "node:dns";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import http2 from "node:http2";
import { Agent, request as httpsRequest } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { connect, type TLSSocket } from "node:tls";
import { Client, credentials } from "@grpc/grpc-js";
import type { FastifyServerOptions } from "fastify";
import { type GrpcTlsOptions, grpcClientCert, grpcTls } from "fastify-grpc-auth";
import { gatewayRegistry } from "grpc-transcoding";
import { type KeyPair, noOpenssl, type TestAuthority, testAuthority } from "./certificates.ts";
import { type VaultApp, vaultApp } from "./vault.ts";

const skip = noOpenssl;

const shapes: Readonly<Record<string, (tls: object) => FastifyServerOptions>> = {
  https: (tls) => ({ https: tls }) as FastifyServerOptions,
  "http2 with allowHTTP1": (tls) =>
    ({ http2: true, https: { ...tls, allowHTTP1: true } }) as unknown as FastifyServerOptions,
};

interface Folder {
  readonly path: string;
  readonly files: { readonly certFile: string; readonly keyFile: string; readonly caFile: string };
  write(pair: KeyPair, ca?: string): void;
}

function newFolder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "fastify-grpc-tls-"));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function folderOf(t: TestContext, first: KeyPair, ca: string): Folder {
  const path = newFolder(t);
  const files = {
    certFile: join(path, "tls.crt"),
    keyFile: join(path, "tls.key"),
    caFile: join(path, "ca.crt"),
  };
  const folder: Folder = {
    path,
    files,
    write({ key, cert }, authorities) {
      // One after the other: the pair does not fit in between.
      if (authorities !== undefined) writeFileSync(files.caFile, authorities);
      writeFileSync(files.keyFile, key);
      writeFileSync(files.certFile, cert);
    },
  };
  folder.write(first, ca);
  return folder;
}

interface Served extends VaultApp {
  readonly authority: TestAuthority;
  readonly folder: Folder;
  readonly logged: string[];
  issue(): KeyPair;
  /** Resolves when the app has renewed its certificates so often. */
  renewed(count: number): Promise<void>;
}

async function served(
  t: TestContext,
  shape = shapes["http2 with allowHTTP1"] as (tls: object) => FastifyServerOptions,
  options: Partial<GrpcTlsOptions> = {},
  onePort: object = {},
): Promise<Served> {
  const authority = testAuthority(t);
  const issue = () => authority.issue({ san: "DNS:localhost" });
  const folder = folderOf(t, issue(), authority.cert);
  const logged: string[] = [];
  const stream = { write: (line: string) => void logged.push(line) };
  const vault = await vaultApp(t, {
    fastify: {
      ...shape({ requestCert: true, rejectUnauthorized: false }),
      logger: { level: "info", stream },
    },
    before: (app) => app.register(grpcTls, { ...folder.files, ...options }),
    gateway: { onePort },
  });
  return {
    ...vault,
    authority,
    folder,
    logged,
    issue,
    renewed: (count) => until(() => vault.app.grpcTls.status().renewals >= count),
  };
}

async function until(isSo: () => boolean): Promise<void> {
  const end = Date.now() + 20_000;
  while (!isSo()) {
    if (Date.now() > end) throw new Error("it did not come to pass");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function fingerprintOf(text: string): string {
  return new X509Certificate(text).fingerprint256;
}

/** What a new connection is shown. */
async function shown(port: number, host: string, options: object = {}): Promise<string> {
  const socket = await connected(port, host, options);
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}

function connected(port: number, servername: string, options: object = {}): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const name = servername === "" ? {} : { servername };
    const given = { host: "127.0.0.1", port, rejectUnauthorized: false, ...name, ...options };
    const socket = connect(given, () => resolve(socket));
    socket.on("error", reject);
  });
}

/** Calls that go on until they are stopped: what failed, and how many did not. */
interface Load {
  stop(): Promise<{ readonly done: number; readonly failed: readonly string[] }>;
}

function load(perSecond: number, ask: () => Promise<void>): Load {
  const failed: string[] = [];
  const running = new Set<Promise<void>>();
  let done = 0;
  const lotMs = 10;
  const timer = setInterval(() => {
    for (let i = 0; i < perSecond / (1000 / lotMs); i += 1) {
      const call = ask().then(
        () => {
          done += 1;
        },
        (error) => void failed.push(String(error)),
      );
      running.add(call);
      void call.then(() => running.delete(call));
    }
  }, lotMs);
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(running);
      return { done, failed };
    },
  };
}

function overHttp1(t: TestContext, port: number, ca: string): () => Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 8, ca, servername: "localhost" });
  t.after(() => agent.destroy());
  return () =>
    new Promise((resolve, reject) => {
      httpsRequest({ host: "127.0.0.1", port, path: "/v1/hello", agent }, (response) => {
        response.resume().on("end", () => {
          if (response.statusCode === 200) resolve();
          else reject(new Error(String(response.statusCode)));
        });
      })
        .on("error", reject)
        .end();
    });
}

function overGrpc(t: TestContext, port: number, ca: string): () => Promise<void> {
  const client = new Client(`127.0.0.1:${port}`, credentials.createSsl(Buffer.from(ca)), {
    "grpc.ssl_target_name_override": "localhost",
  });
  t.after(() => client.close());
  const bytes = (buffer: Buffer): Buffer => buffer;
  return () =>
    new Promise((resolve, reject) => {
      const deadline = Date.now() + 20_000;
      client.makeUnaryRequest(
        "/vault.v1.Vault/Hello",
        bytes,
        bytes,
        Buffer.alloc(0),
        { deadline },
        (error) => (error ? reject(error) : resolve()),
      );
    });
}

for (const [name, shape] of Object.entries(shapes)) {
  test(`${name}: certificates change 20 times under load, and no call fails`, {
    skip,
  }, async (t) => {
    const { port, authority, folder, issue, renewed, app } = await served(
      t,
      shape,
      {},
      { maxConnectionAgeMs: 300 },
    );
    const pairs = Array.from({ length: 20 }, issue);
    const http1 = load(250, overHttp1(t, port, authority.cert));
    const grpc = load(250, overGrpc(t, port, authority.cert));
    for (const [at, pair] of pairs.entries()) {
      folder.write(pair);
      await renewed(at + 1);
      assert.equal(await shown(port, "localhost"), fingerprintOf(pair.cert));
    }
    for (const { done, failed } of await Promise.all([http1.stop(), grpc.stop()])) {
      assert.deepEqual(failed, []);
      assert.ok(done > 200, `${done} calls`);
    }
    const [status] = app.grpcTls.status().certificates;
    assert.equal(status?.problem, undefined);
    assert.equal(app.grpcTls.status().renewals, 20);
  });
}

test("a pair that does not fit, or is out of date, changes nothing and is told", {
  skip,
}, async (t) => {
  const { port, authority, folder, issue, app, logged } = await served(t);
  const before = await shown(port, "localhost");
  const other = issue();
  const bad: readonly [string, string, KeyPair, string?][] = [
    ["another's key", "is not the key of", { cert: other.cert, key: issue().key }],
    ["expired", "has expired", authority.issue({ dates: ["20200101000000Z", "20200201000000Z"] })],
    [
      "not yet good",
      "is not good yet",
      authority.issue({ dates: ["20990101000000Z", "20990201000000Z"] }),
    ],
    ["no PEM", "cannot be read", { cert: "nonsense", key: other.key }],
    ["no authority", "ca.crt cannot be read", other, "nonsense"],
    ["empty", "tls.crt cannot be read", { cert: "", key: "" }],
  ];
  for (const [what, message, pair, ca = authority.cert] of bad) {
    folder.write(pair, ca);
    await until(() => logged.some((line) => line.includes(message) && line.includes("not taken")));
    logged.length = 0;
    const { renewals, certificates } = app.grpcTls.status();
    assert.equal(renewals, 0, what);
    assert.match(certificates[0]?.problem ?? "", new RegExp(message));
    assert.equal(await shown(port, "localhost"), before, what);
  }
  rmSync(folder.files.keyFile);
  await until(() => logged.some((line) => line.includes("ENOENT")));
  assert.equal(await shown(port, "localhost"), before);
  folder.write(other, authority.cert);
  await until(() => app.grpcTls.status().renewals === 1);
  assert.equal(app.grpcTls.status().certificates[0]?.problem, undefined);
  assert.equal(await shown(port, "localhost"), fingerprintOf(other.cert));
});

test("secrets of Kubernetes are swapped by their symbolic link", { skip }, async (t) => {
  const authority = testAuthority(t);
  const [first, second] = [authority.issue(), authority.issue()];
  const path = newFolder(t);
  const put = (name: string, { key, cert }: KeyPair) => {
    mkdirSync(join(path, name));
    writeFileSync(join(path, name, "tls.key"), key);
    writeFileSync(join(path, name, "tls.crt"), cert);
    symlinkSync(name, join(path, "..data_tmp"));
    renameSync(join(path, "..data_tmp"), join(path, "..data"));
  };
  put("..2026_1", first);
  for (const file of ["tls.key", "tls.crt"]) symlinkSync(join("..data", file), join(path, file));
  const { app, port } = await vaultApp(t, {
    fastify: shapes.https?.({}) as FastifyServerOptions,
    before: (one) =>
      one.register(grpcTls, { certFile: join(path, "tls.crt"), keyFile: join(path, "tls.key") }),
  });
  put("..2026_2", second);
  rmSync(join(path, "..2026_1"), { recursive: true });
  await until(() => app.grpcTls.status().renewals === 1);
  assert.equal(await shown(port, "localhost"), fingerprintOf(second.cert));
});

for (const [name, shape] of Object.entries(shapes)) {
  test(`${name}: each host has its certificate, also by ALPN and when they change`, {
    skip,
  }, async (t) => {
    const authority = testAuthority(t);
    const named = (san: string) => authority.issue({ san });
    const [main, a, b] = [
      named("DNS:localhost"),
      named("DNS:a.b.example"),
      named("DNS:*.b.example"),
    ];
    const folders = [main, a, b].map((pair) => folderOf(t, pair, authority.cert));
    const [ofMain, ofA, ofB] = folders as [Folder, Folder, Folder];
    const { certFile, keyFile } = ofA.files;
    const { app, port } = await vaultApp(t, {
      fastify: shape({ requestCert: true, rejectUnauthorized: false }),
      before: (one) =>
        one
          .get("/who", async ({ clientIdentity }) => clientIdentity?.commonName)
          .register(grpcClientCert)
          .register(grpcTls, {
            ...ofMain.files,
            sni: { "a.b.example": { certFile, keyFile }, "*.b.example": ofB.files },
          }),
    });
    const assertShown = async (expected: Record<string, KeyPair>) => {
      for (const [host, { cert }] of Object.entries(expected)) {
        assert.equal(await shown(port, host), fingerprintOf(cert), host);
      }
    };
    const x = { "": main, "other.example": main, "b.example": main, "x.y.b.example": main };
    await assertShown({ ...x, "a.b.example": a, "x.b.example": b });
    const socket = await connected(port, "a.b.example", { ALPNProtocols: ["h2"] });
    assert.equal(socket.alpnProtocol, "h2");
    socket.destroy();
    // Clients are held against the authorities of the default certificate.
    const client = authority.issue({ cn: "alice" });
    const session = http2.connect(`https://127.0.0.1:${port}`, {
      ...{ ca: authority.cert, servername: "a.b.example", ...client },
    });
    t.after(() => session.destroy());
    const [answer] = await once(session.request({ ":path": "/who" }), "data");
    assert.equal(String(answer), "alice");
    const renewed = named("DNS:a.b.example");
    for (let i = 1; i <= 3; i += 1) {
      ofA.write(i === 3 ? renewed : named("DNS:a.b.example"));
      await until(() => app.grpcTls.status().renewals === i);
    }
    await assertShown({ ...x, "a.b.example": renewed, "x.b.example": b });
    assert.deepEqual(
      app.grpcTls.status().certificates.map((one) => [one.name, one.dnsNames]),
      [
        ["default", ["localhost"]],
        ["a.b.example", ["a.b.example"]],
        ["*.b.example", ["*.b.example"]],
      ],
    );
  });
}

test("every address of localhost has the new certificate", { skip }, async (t) => {
  const addresses = ["127.0.0.1", "127.0.0.2"];
  const { lookup } = dns;
  // Few machines of CI give it two.
  t.mock.method(dns, "lookup", (host: string, ...rest: unknown[]) => {
    if (host !== "localhost") return Reflect.apply(lookup, dns, [host, ...rest]);
    const answer = rest.pop() as (error: null, found: unknown, family?: number) => void;
    const [options] = rest as [{ readonly all?: boolean }?];
    const all = addresses.map((address) => ({ address, family: 4 }));
    process.nextTick(() => (options?.all ? answer(null, all) : answer(null, addresses[0], 4)));
  });
  const authority = testAuthority(t);
  const folder = folderOf(t, authority.issue(), authority.cert);
  const { app } = await vaultApp(t, {
    fastify: shapes.https?.({}) as FastifyServerOptions,
    before: (one) => one.register(grpcTls, folder.files),
    host: "localhost",
  });
  const second = authority.issue();
  folder.write(second);
  await until(() => app.grpcTls.status().renewals === 1);
  const { port } = app.server.address() as AddressInfo;
  for (const address of addresses) {
    const fingerprint = await shown(port, "localhost", { host: address });
    assert.equal(fingerprint, fingerprintOf(second.cert), address);
  }
});

test("authorities change as well, and no session is resumed that older ones let in", {
  skip,
}, async (t) => {
  const { app, port, authority, folder, issue } = await served(t, shapes.https);
  const alice = authority.issue({ cn: "alice" });
  const resumed = async (session: Buffer | undefined) => {
    const options = { ...alice, maxVersion: "TLSv1.2", ...(session && { session }) };
    const socket = await connected(port, "localhost", options);
    const result = { isReused: socket.isSessionReused(), session: socket.getSession() };
    socket.destroy();
    return result;
  };
  const { session } = await resumed(undefined);
  assert.equal((await resumed(session)).isReused, true);
  const other = testAuthority(t, "other");
  folder.write(issue(), other.cert);
  await until(() => app.grpcTls.status().renewals === 1);
  assert.equal((await resumed(session)).isReused, false);
});

test("what the server was made with stays: versions, ciphers", { skip }, async (t) => {
  const shape = () => shapes.https?.({ minVersion: "TLSv1.3", maxVersion: "TLSv1.3" });
  const { port, folder, issue, renewed } = await served(t, shape as never);
  await assert.rejects(connected(port, "localhost", { maxVersion: "TLSv1.2" }));
  folder.write(issue());
  await renewed(1);
  await assert.rejects(connected(port, "localhost", { maxVersion: "TLSv1.2" }));
  (await connected(port, "localhost")).destroy();
});

test("an app does not start with certificates that it cannot show, nor without TLS", {
  skip,
}, async (t) => {
  const authority = testAuthority(t);
  const expired = authority.issue({ dates: ["20200101000000Z", "20200201000000Z"] });
  const folder = folderOf(t, expired, authority.cert);
  const starting = (fastify: FastifyServerOptions, options: object) =>
    vaultApp(t, { fastify, before: (app) => app.register(grpcTls, options as GrpcTlsOptions) });
  const https = shapes.https?.({}) as FastifyServerOptions;
  const code = "FST_GRPC_AUTH_TLS";
  await assert.rejects(starting(https, folder.files), { code, message: /tls\.crt has expired/ });
  await assert.rejects(starting({}, folder.files), {
    code,
    message: /Fastify\(\{ https: \{\} \}\)/,
  });
  const missing = { ...folder.files, keyFile: join(folder.path, "none.key") };
  await assert.rejects(starting(https, missing), { code, message: /ENOENT/ });
});

test("a gauge tells when a certificate ends", { skip }, async (t) => {
  const { app } = await served(t);
  const gauge = gatewayRegistry(app.server).gauges.find(({ name }) => name.startsWith("grpc_tls"));
  const left = (gauge?.read() ?? 0) - Date.now() / 1000;
  assert.ok(left > 364 * 86_400 && left < 366 * 86_400, String(left));
  assert.deepEqual(gauge?.labels, { certificate: "default" });
});

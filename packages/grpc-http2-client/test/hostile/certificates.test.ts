import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createSecureServer, type Http2SecureServer, type SecureServerOptions } from "node:http2";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { createServer as createTlsServer } from "node:tls";
import { Code } from "grpc-transcoding";
import { callUnary } from "grpc-transcoding/testing";
import type { Http2TransportOptions } from "../../src/options.ts";
import { inTime, openSockets, settled, transportTo } from "./hostile-test.ts";

const folder = mkdtempSync(join(tmpdir(), "certificates-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

function openssl(...words: string[]): void {
  execFileSync("openssl", words, { cwd: folder, stdio: "pipe" });
}

interface Pair {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** A certificate for a name, signed by the authority `ca`, or by itself where it is that. */
function pair(name: string, subject: string, ca?: string): Pair {
  const isAuthority = ca === undefined;
  const extension = isAuthority ? "basicConstraints=critical,CA:TRUE" : `subjectAltName=${subject}`;
  openssl(
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
    ...["-subj", `/CN=${name}`, "-addext", extension, "-days", "2"],
    ...["-keyout", `${name}.key`, "-out", `${name}.pem`],
    ...(isAuthority ? [] : ["-CA", `${ca}.pem`, "-CAkey", `${ca}.key`]),
  );
  return {
    cert: readFileSync(join(folder, `${name}.pem`)),
    key: readFileSync(join(folder, `${name}.key`)),
  };
}

const authority = pair("authority", "");
pair("stranger", "");
const good = pair("good", "DNS:library.test,IP:127.0.0.1", "authority");
const otherName = pair("other", "DNS:other.test", "authority");
const ofStranger = pair("unknown", "DNS:library.test,IP:127.0.0.1", "stranger");
const ca = authority.cert;

async function listen(t: TestContext, server: Http2SecureServer | Server): Promise<string> {
  const sockets = new Set<{ destroy(): void }>();
  server.on("connection", (socket) => sockets.add(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A gRPC server of few words over TLS. */
function secure(t: TestContext, options: SecureServerOptions): Promise<string> {
  const server = createSecureServer(options);
  server.on("sessionError", () => undefined);
  server.on("tlsClientError", () => undefined);
  server.on("stream", (stream) => {
    stream.on("error", () => undefined);
    stream.resume();
    stream.respond(
      { ":status": 200, "content-type": "application/grpc" },
      { waitForTrailers: true },
    );
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.end(Buffer.from([0, 0, 0, 0, 1, 0x78]));
  });
  return listen(t, server);
}

type Tls = NonNullable<Http2TransportOptions["tls"]>;

interface Case {
  readonly server: (t: TestContext) => Promise<string>;
  readonly tls: Tls;
  readonly code: Code;
  /** What the operator is told. */
  readonly reason?: RegExp;
}

const cases: Record<string, Case> = {
  "a certificate of the authority given is trusted": {
    server: (t) => secure(t, good),
    tls: { ca },
    code: Code.OK,
  },
  "a certificate of another authority is not": {
    server: (t) => secure(t, ofStranger),
    tls: { ca },
    code: Code.UNAVAILABLE,
    reason: /certificate/,
  },
  "a certificate of no well-known authority is not trusted by default": {
    server: (t) => secure(t, good),
    tls: true,
    code: Code.UNAVAILABLE,
    reason: /certificate/,
  },
  "a certificate for another name is refused": {
    server: (t) => secure(t, otherName),
    tls: { ca },
    code: Code.UNAVAILABLE,
    reason: /altnames|IP/,
  },
  "a certificate for the name given is taken": {
    server: (t) => secure(t, otherName),
    tls: { ca, serverName: "other.test" },
    code: Code.OK,
  },
  "a certificate not for the name given is refused": {
    server: (t) => secure(t, good),
    tls: { ca, serverName: "other.test" },
    code: Code.UNAVAILABLE,
    reason: /altnames/,
  },
  "a server that asks for a certificate refuses one who has none": {
    server: (t) => secure(t, { ...good, ca, requestCert: true, rejectUnauthorized: true }),
    tls: { ca },
    code: Code.UNAVAILABLE,
  },
  "a server that asks for a certificate refuses that of a stranger": {
    server: (t) => secure(t, { ...good, ca, requestCert: true, rejectUnauthorized: true }),
    tls: { ca, ...ofStranger },
    code: Code.UNAVAILABLE,
  },
  "a server that asks for a certificate takes one that it knows": {
    server: (t) => secure(t, { ...good, ca, requestCert: true, rejectUnauthorized: true }),
    tls: { ca, ...otherName },
    code: Code.OK,
  },
  "a server that speaks HTTP/1.1 only over TLS is not spoken to": {
    server: (t) => listen(t, createTlsServer({ ...good, ALPNProtocols: ["http/1.1"] })),
    tls: { ca },
    code: Code.UNAVAILABLE,
  },
  "a server without ALPN is not spoken to": {
    server: (t) => listen(t, createTlsServer({ ...good })),
    tls: { ca },
    code: Code.UNAVAILABLE,
    reason: /ALPN/,
  },
  "a server that speaks no TLS is not spoken to": {
    server: (t) =>
      listen(
        t,
        createServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")),
      ),
    tls: { ca },
    code: Code.UNAVAILABLE,
  },
  "a server that never finishes its handshake is waited for until the deadline": {
    server: (t) =>
      listen(
        t,
        createServer((socket) => void socket.on("error", () => undefined)),
      ),
    tls: { ca },
    code: Code.DEADLINE_EXCEEDED,
  },
};

for (const [name, { server, tls, code, reason }] of Object.entries(cases)) {
  test(name, async (t) => {
    const reasons: string[] = [];
    const target = await server(t);
    const before = openSockets();
    const transport = transportTo(t, target, { tls, onUnavailable: (text) => reasons.push(text) });
    const call = await callUnary(transport, "hello", inTime(1500));
    assert.equal(call.status.code, code, `${call.status.message} ${reasons}`);
    if (code === Code.OK) assert.deepEqual(call.messages, ["x"]);
    else assert.equal(call.origin, "transport");
    assert.doesNotMatch(call.status.message, /certificate|127|test/, "clients are told less");
    if (reason !== undefined) assert.match(reasons.join(), reason);
    await transport.close?.();
    await settled(before);
  });
}

/** A certificate that ended yesterday, which only this command makes. */
function expiredPair(): Pair {
  writeFileSync(join(folder, "san"), "subjectAltName=DNS:library.test,IP:127.0.0.1");
  openssl(
    ...["req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
    ...["-subj", "/CN=past", "-keyout", "past.key", "-out", "past.csr"],
  );
  openssl(
    ...["x509", "-req", "-in", "past.csr", "-CA", "authority.pem", "-CAkey", "authority.key"],
    ...["-CAcreateserial", "-extfile", "san", "-days", "-1", "-out", "past.pem"],
  );
  return {
    cert: readFileSync(join(folder, "past.pem")),
    key: readFileSync(join(folder, "past.key")),
  };
}

test("a certificate of the past is refused", async (t) => {
  const reasons: string[] = [];
  const target = await secure(t, expiredPair());
  const onUnavailable = (text: string): void => void reasons.push(text);
  const transport = transportTo(t, target, { tls: { ca }, onUnavailable });
  const call = await callUnary(transport, "hello", inTime(1500));
  assert.equal(call.status.code, Code.UNAVAILABLE);
  assert.match(reasons.join(), /expired/);
});

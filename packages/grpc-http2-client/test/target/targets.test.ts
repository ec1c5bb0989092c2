import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Code } from "grpc-transcoding";
import { callUnary } from "grpc-transcoding/testing";
import { echoServer, transportTo } from "../life/echo-server.ts";

const fixtures = fileURLToPath(
  new URL("../../../fastify-grpc-gateway/test/fixtures/tls/", import.meta.url),
);
const file = (name: string): string => join(fixtures, name);
const pem = (name: string): Buffer => readFileSync(file(name));

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "targets-"));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

test("a name is resolved, with and without dns:", async (t) => {
  const server = await echoServer(t);
  for (const target of [`localhost:${server.port}`, `dns:///localhost:${server.port}`]) {
    const call = await callUnary(transportTo(t, { target }), "x");
    assert.equal(call.status.code, Code.OK, call.status.message);
  }
});

test("a name that nobody knows is UNAVAILABLE, and told to the operator only", async (t) => {
  const reasons: string[] = [];
  const onUnavailable = (reason: string) => reasons.push(reason);
  const transport = transportTo(t, { target: "no-such-host.invalid:1", onUnavailable });
  const call = await callUnary(transport, "x");
  assert.equal(call.status.code, Code.UNAVAILABLE);
  assert.equal(call.status.message, "the upstream cannot be reached");
  assert.match(reasons.join(), /no-such-host\.invalid/);
});

test("a socket of the file system is a target", async (t) => {
  const path = join(folder(t), "echo.sock");
  await echoServer(t, { listen: { path } });
  for (const target of [`unix:${path}`, `unix://${path}`]) {
    assert.deepEqual((await callUnary(transportTo(t, { target }), "x")).messages, ["x"]);
  }
});

test("the first address that answers is kept; round robin takes all in turn", async (t) => {
  const one = await echoServer(t);
  const two = await echoServer(t, { listen: { host: "127.0.0.2", port: one.port } });
  const dead = "127.0.0.3";
  const target = `ipv4:${dead}:${one.port},127.0.0.1:${one.port},127.0.0.2:${one.port}`;
  const first = transportTo(t, { target });
  for (let i = 0; i < 4; i += 1) {
    assert.equal((await callUnary(first, "x")).status.code, Code.OK);
  }
  assert.deepEqual([one.calls.length, two.calls.length], [4, 0]);
  const all = transportTo(t, { target, balancing: "round_robin" });
  for (let i = 0; i < 20; i += 1) {
    assert.equal((await callUnary(all, "x")).status.code, Code.OK);
  }
  assert.ok(one.calls.length > 4 + 5 && two.calls.length > 5, "both have their part");
});

test("calls say the target as their authority, or what the option says", async (t) => {
  const server = await echoServer(t);
  await callUnary(transportTo(t, { target: server.target }), "x");
  const options = { target: server.target, authority: "library.test", userAgent: "shop/2" };
  await callUnary(transportTo(t, options), "x");
  assert.deepEqual(
    server.heads.map((head) => [head[":authority"], head["user-agent"]?.split("/")[0]]),
    [
      [server.target, "grpc-http2-client"],
      ["library.test", "shop"],
    ],
  );
});

test("TLS trusts the given authority only, and shows a client certificate", async (t) => {
  const tls = {
    key: pem("server.key"),
    cert: pem("server.pem"),
    ca: pem("ca.pem"),
    requestCert: true,
    rejectUnauthorized: true,
  };
  const server = await echoServer(t, { tls });
  const target = `localhost:${server.port}`;
  const own = { ca: pem("ca.pem"), cert: pem("client.pem"), key: pem("client.key") };
  assert.deepEqual((await callUnary(transportTo(t, { target, tls: own }), "x")).messages, ["x"]);
  for (const refused of [{}, { ca: own.ca }, { ...own, serverName: "other.test" }]) {
    const call = await callUnary(transportTo(t, { target, tls: refused }), "x");
    assert.equal(call.status.code, Code.UNAVAILABLE);
  }
  const byAddress = { ...own, serverName: "localhost" };
  const call = await callUnary(transportTo(t, { target: server.target, tls: byAddress }), "x");
  assert.equal(call.status.code, Code.OK, call.status.message);
});

test("certificates in files are read again for a new connection", async (t) => {
  const path = folder(t);
  const [caFile, certFile, keyFile] = ["ca", "cert", "key"].map((name) => join(path, name));
  copyFileSync(file("ca.pem"), caFile as string);
  copyFileSync(file("stranger.pem"), certFile as string);
  copyFileSync(file("stranger.key"), keyFile as string);
  const server = await echoServer(t, {
    tls: {
      key: pem("server.key"),
      cert: pem("server.pem"),
      ca: pem("ca.pem"),
      requestCert: true,
      rejectUnauthorized: true,
    },
  });
  const transport = transportTo(t, {
    target: `localhost:${server.port}`,
    tls: { caFile, certFile, keyFile } as never,
    backoff: { initialMs: 1, maxMs: 1 },
  });
  assert.equal((await callUnary(transport, "x")).status.code, Code.UNAVAILABLE);
  copyFileSync(file("client.pem"), certFile as string);
  copyFileSync(file("client.key"), keyFile as string);
  await new Promise((resolve) => setTimeout(resolve, 20));
  const call = await callUnary(transport, "x");
  assert.equal(call.status.code, Code.OK, call.status.message);
});

/** A proxy that opens tunnels; tells what it was asked for. */
async function proxy(t: TestContext): Promise<{ port: number; asked: string[] }> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("data", (head: Buffer) => {
      asked.push(head.toString());
      const [, port = "0"] = /^CONNECT [^:]+:(\d+) /.exec(head.toString()) ?? [];
      const upstream = connect(Number(port), "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        socket.pipe(upstream).pipe(socket);
      });
      upstream.on("error", () => socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n"));
      sockets.add(upstream);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as { port: number }).port, asked };
}

function withEnv(t: TestContext, name: string, value: string): void {
  process.env[name] = value;
  t.after(() => {
    delete process.env[name];
  });
}

test("a proxy of the environment opens the tunnel, in plaintext and for TLS", async (t) => {
  const { port, asked } = await proxy(t);
  withEnv(t, "grpc_proxy", `http://me:secret@127.0.0.1:${port}`);
  const plain = await echoServer(t);
  const secure = await echoServer(t, {
    tls: { key: pem("server.key"), cert: pem("server.pem") },
  });
  const target = `localhost:${plain.port}`;
  assert.deepEqual((await callUnary(transportTo(t, { target }), "x")).messages, ["x"]);
  const tls = { ca: pem("ca.pem") };
  const call = await callUnary(transportTo(t, { target: `localhost:${secure.port}`, tls }), "y");
  assert.equal(call.status.code, Code.OK, call.status.message);
  assert.equal(asked.length, 2);
  assert.match(asked[0] ?? "", new RegExp(`^CONNECT localhost:${plain.port} HTTP/1.1\r\n`));
  assert.match(asked[0] ?? "", /Proxy-Authorization: Basic bWU6c2VjcmV0\r\n/);
});

test("a proxy that opens no tunnel makes the call UNAVAILABLE", async (t) => {
  const reasons: string[] = [];
  const { port } = await proxy(t);
  withEnv(t, "grpc_proxy", `http://127.0.0.1:${port}`);
  const onUnavailable = (reason: string) => reasons.push(reason);
  const call = await callUnary(transportTo(t, { target: "localhost:1", onUnavailable }), "x");
  assert.equal(call.status.code, Code.UNAVAILABLE);
  assert.match(reasons.join(), /the proxy opens no tunnel: HTTP status 502/);
});

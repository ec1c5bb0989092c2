import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import { test } from "node:test";
import { Client, credentials as grpcCredentials } from "@grpc/grpc-js";
import { callUnary, runTransportContract } from "grpc-transcoding/testing";
import {
  connectHttp2,
  grpcFrame,
  grpcHeaders,
  requestHttp1,
  requestHttp2,
} from "./http-clients.ts";
import { channelTo, plain, serverShapes } from "./server-shapes.ts";
import { startApp, transportTo } from "./split-app.ts";

// One shape for each technique.
const techniques = ["plain", "http2", "https", "https + http2 + allowHTTP1"];
for (const shape of serverShapes.filter(({ name }) => techniques.includes(name))) {
  runTransportContract(`gRPC through ${shape.name}`, async (t, server, limits) => {
    const { port } = await startApp(t, shape, { server });
    return transportTo(t, shape, port, limits);
  });
}

for (const shape of serverShapes) {
  test(`${shape.name}: compressed gRPC requests are read`, async (t) => {
    const { port } = await startApp(t, shape);
    const { credentials, channelOptions } = channelTo(shape);
    const client = new Client(`127.0.0.1:${port}`, credentials, {
      ...channelOptions,
      "grpc.default_compression_algorithm": 2,
    });
    t.after(() => client.close());
    const text = "z".repeat(5_000);
    const answer = await new Promise((resolve, reject) => {
      const same = (bytes: Buffer) => bytes;
      client.makeUnaryRequest(
        "/probe.Probe/Unary",
        same,
        same,
        Buffer.from(text),
        (error, value) => (error ? reject(error) : resolve(String(value))),
      );
    });
    assert.equal(answer, text);
  });

  test(`${shape.name}: REST and gRPC take turns on one connection of HTTP/2`, async (t) => {
    const { port } = await startApp(t, shape);
    const session = connectHttp2(t, shape, port);
    const rest = () => requestHttp2(session, { ":path": "/version" });
    const grpc = () => requestHttp2(session, grpcHeaders("/probe.Probe/Unary"), grpcFrame("later"));
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? rest() : grpc())),
    );
    for (const [i, answer] of answers.entries()) {
      assert.equal(answer.statusCode, 200);
      if (i % 2 === 0) assert.deepEqual(JSON.parse(String(answer.body)), { version: "2.0" });
      else {
        assert.deepEqual(answer.body, grpcFrame("later"));
        assert.equal(answer.trailers["grpc-status"], "0");
      }
    }
    const echo = await requestHttp2(
      session,
      { ":method": "POST", ":path": "/echo", "content-type": "application/json" },
      '{"a":1}',
    );
    assert.deepEqual(JSON.parse(String(echo.body)), { body: { a: 1 }, ip: "127.0.0.1" });
    assert.equal((await requestHttp2(session, { ":path": "/none" })).statusCode, 404);
  });

  test(`${shape.name}: gRPC-Web stays with Fastify`, async (t) => {
    const { port } = await startApp(t, shape, {
      routes(app) {
        app.addContentTypeParser("application/grpc-web+proto", (_request, _payload, done) =>
          done(null, "web"),
        );
      },
    });
    const session = connectHttp2(t, shape, port);
    const answer = await requestHttp2(
      session,
      grpcHeaders("/echo", "application/grpc-web+proto"),
      "x",
    );
    assert.deepEqual(JSON.parse(String(answer.body)), { body: "web", ip: "127.0.0.1" });
  });
}

for (const shape of serverShapes.filter(({ http1 }) => http1)) {
  test(`${shape.name}: REST over HTTP/1.1 is as without the split`, async (t) => {
    const { port } = await startApp(t, shape);
    const version = await requestHttp1(shape, port, "/version");
    assert.deepEqual(JSON.parse(String(version.body)), { version: "1.1" });
    const echo = await requestHttp1(shape, port, "/echo", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ text: "x".repeat(100_000) }),
    });
    assert.equal(JSON.parse(String(echo.body)).body.text.length, 100_000);
    assert.equal(JSON.parse(String(echo.body)).ip, "127.0.0.1");
    assert.equal((await requestHttp1(shape, port, "/none")).statusCode, 404);
  });
}

test("keep-alive and pipelined requests over HTTP/1.1 share one connection", async (t) => {
  for (const shape of serverShapes.filter(({ http1, secure }) => http1 && !secure)) {
    const { port } = await startApp(t, shape);
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    t.after(() => agent.destroy());
    const ports = new Set<number | undefined>();
    for (let i = 0; i < 3; i++) {
      const answer = await requestHttp1(shape, port, "/version", { agent });
      assert.equal(answer.statusCode, 200);
      for (const sockets of Object.values(agent.freeSockets)) {
        for (const socket of sockets ?? []) ports.add(socket.localPort);
      }
    }
    assert.equal(ports.size, 1, shape.name);
  }
});

test("connections can be upgraded as without the split", async (t) => {
  const { app, port } = await startApp(t, plain);
  app.server.on("upgrade", (_request, socket) => {
    socket.write(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n",
    );
    socket.pipe(socket);
  });
  const headers = { connection: "Upgrade", upgrade: "echo" };
  const request = http.request({ host: "127.0.0.1", port, headers }).end();
  const [response, socket] = await once(request, "upgrade");
  assert.equal(response.statusCode, 101);
  socket.write("over it");
  const [echo] = await once(socket, "data");
  assert.equal(String(echo), "over it");
  // Node's server waits for upgraded connections.
  socket.destroy();
});

test("a client certificate reaches the handler", async (t) => {
  const { default: Fastify } = await import("fastify");
  const { pem } = await import("./server-shapes.ts");
  const shape = {
    ...plain,
    secure: true,
    create: () =>
      Fastify({
        https: {
          key: pem("server.key"),
          cert: pem("server.pem"),
          ca: pem("ca.pem"),
          requestCert: true,
        },
      }) as never,
  };
  const { port } = await startApp(t, shape);
  const transport = transportTo(t, shape, port, {
    credentials: grpcCredentials.createSsl(pem("ca.pem"), pem("client.key"), pem("client.pem")),
  });
  const call = await callUnary(transport, "context");
  const seen = JSON.parse(call.messages[0] ?? "");
  assert.deepEqual([seen.subject, seen.transportSecurityType], ["test-client", "ssl"]);
  assert.match(seen.peer, /^127\.0\.0\.1:\d+$/);
});

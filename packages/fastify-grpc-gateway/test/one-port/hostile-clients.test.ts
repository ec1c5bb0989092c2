import assert from "node:assert/strict";
import { once } from "node:events";
import http2 from "node:http2";
import net, { type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import Fastify from "fastify";
import { startCall } from "grpc-transcoding/testing";
import { portSplit } from "../../src/one-port/port-split.ts";
import {
  connectHttp2,
  grpcFrame,
  grpcHeaders,
  requestHttp1,
  requestHttp2,
} from "./http-clients.ts";
import { cleartextHttp2, plain, type ServerShape, secure, serverShapes } from "./server-shapes.ts";
import { startApp, transportTo } from "./split-app.ts";

const cleartext = [plain, cleartextHttp2];
const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

async function connect(t: TestContext, port: number): Promise<Socket> {
  const socket = net.connect(port, "127.0.0.1");
  t.after(() => socket.destroy());
  await once(socket, "connect");
  return socket;
}

/** All that a socket receives until it is closed; a reset counts as closed. */
async function readToEnd(socket: Socket): Promise<string> {
  let text = "";
  socket.on("data", (chunk) => {
    text += chunk.toString("latin1");
  });
  socket.on("error", () => {});
  await once(socket, "close");
  return text;
}

for (const shape of cleartext) {
  test(`${shape.name}: a request that comes byte by byte is served`, async (t) => {
    const { port } = await startApp(t, shape);
    const socket = await connect(t, port);
    const answer = readToEnd(socket);
    socket.setNoDelay(true);
    for (const byte of "GET /version HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n") {
      socket.write(byte);
      await new Promise(setImmediate);
    }
    assert.match(await answer, /^HTTP\/1\.1 200.*"version":"1\.1"/s);
  });

  test(`${shape.name}: a preface that comes byte by byte opens a connection of HTTP/2`, async (t) => {
    const { port } = await startApp(t, shape);
    const socket = await connect(t, port);
    const session = http2.connect(`http://127.0.0.1:${port}`, {
      createConnection: () => {
        // One byte a write, as a slow network may deliver them.
        const write = socket._write.bind(socket);
        socket._write = (chunk: Buffer, encoding, done) => {
          const [first, ...rest] = chunk;
          if (first === undefined) return done();
          write(Buffer.from([first]), encoding, (error) =>
            error ? done(error) : socket._write(Buffer.from(rest), encoding, done),
          );
        };
        socket._writev = null as never;
        return socket;
      },
    });
    t.after(() => session.destroy());
    const answer = await requestHttp2(session, { ":path": "/version" });
    assert.equal(String(answer.body), '{"version":"2.0"}');
  });

  test(`${shape.name}: pipelined requests are answered in order`, async (t) => {
    const { port } = await startApp(t, shape);
    const socket = await connect(t, port);
    const answer = readToEnd(socket);
    const get = (path: string, connection: string) =>
      `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: ${connection}\r\n\r\n`;
    socket.write(get("/version", "keep-alive") + get("/none", "close"));
    assert.match(await answer, /^HTTP\/1\.1 200.*HTTP\/1\.1 404/s);
  });

  test(`${shape.name}: a request and its FIN in one packet are answered`, async (t) => {
    const { port } = await startApp(t, shape);
    const socket = await connect(t, port);
    const answer = readToEnd(socket);
    socket.end("GET /version HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assert.match(await answer, /^HTTP\/1\.1 200/);
  });

  test(`${shape.name}: a client of HTTP/2 that leaves by FIN alone is let go`, async (t) => {
    const { app, port } = await startApp(t, shape);
    const socket = net.connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    t.after(() => socket.destroy());
    const emptySettings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
    socket.write(Buffer.concat([Buffer.from(preface), emptySettings]));
    await once(socket, "data");
    assert.equal(portSplit(app).gauges.http2Sessions, 1);
    socket.end();
    while (portSplit(app).gauges.http2Sessions > 0) await delay(5);
  });

  test(`${shape.name}: clients that show no protocol are closed in time`, async (t) => {
    const { port } = await startApp(t, shape, { split: { headersTimeoutMs: 100 } });
    const began = performance.now();
    const closed = ["", "P", "PRI", preface.slice(0, 23)].map(async (start) => {
      const socket = await connect(t, port);
      if (start !== "") socket.write(start);
      return readToEnd(socket);
    });
    assert.deepEqual(await Promise.all(closed), ["", "", "", ""]);
    assert.ok(performance.now() - began >= 90);
    assert.ok(performance.now() - began < 2_000);
  });

  test(`${shape.name}: a client that ends or resets while its protocol is unknown harms nobody`, async (t) => {
    const { app, port } = await startApp(t, shape);
    for (const start of ["", "PRI", preface.slice(0, 23)]) {
      const ending = await connect(t, port);
      const ended = readToEnd(ending);
      ending.end(start);
      assert.equal(await ended, "");
      const resetting = await connect(t, port);
      if (start !== "") resetting.write(start);
      await delay(5);
      resetting.resetAndDestroy();
    }
    assert.equal((await requestHttp1(shape, port, "/version")).statusCode, 200);
    assert.equal(portSplit(app).gauges.http2Sessions, 0);
  });

  test(`${shape.name}: of too many undecided clients the oldest go`, async (t) => {
    const { port } = await startApp(t, shape, { split: { maxSniffingSockets: 3 } });
    const sockets: Socket[] = [];
    for (let i = 0; i < 5; i++) {
      const socket = await connect(t, port);
      socket.on("error", () => {});
      socket.write("PRI");
      sockets.push(socket);
      await delay(10);
    }
    await Promise.all(sockets.slice(0, 2).map((socket) => socket.closed || once(socket, "close")));
    assert.deepEqual(
      sockets.map(({ closed }) => closed),
      [true, true, false, false, false],
    );
  });
}

test("headers of HTTP/1.1 that never end are answered 408 in time", async (t) => {
  const checking = { headersTimeout: 100, connectionsCheckingInterval: 50 };
  const shapes: ServerShape[] = [
    { ...plain, create: () => Fastify({ http: checking }) },
    cleartextHttp2,
  ];
  for (const shape of shapes) {
    const { port } = await startApp(t, shape, { split: { headersTimeoutMs: 100 } });
    const socket = await connect(t, port);
    const answer = readToEnd(socket);
    socket.write("GET / HTTP/1.1\r\n");
    assert.match(await answer, /^HTTP\/1\.1 408 /, shape.name);
  }
});

for (const shape of serverShapes) {
  test(`${shape.name}: connections of clients that left are let go`, async (t) => {
    const { app, port } = await startApp(t, shape);
    for (let i = 0; i < 3; i++) {
      const session = connectHttp2(t, shape, port);
      await requestHttp2(session, { ":path": "/version" });
      session.close();
      await once(session, "close");
    }
    while (portSplit(app).gauges.http2Sessions > 0) await delay(5);
  });
}

for (const shape of [plain, secure]) {
  test(`${shape.name}: a route with headers of HTTP/1.1 connections can be asked for over HTTP/2`, async (t) => {
    const { port } = await startApp(t, shape, {
      routes(app) {
        app.get("/chunked", async (_request, reply) =>
          reply.header("transfer-encoding", "chunked").header("x-other", "1").send("text"),
        );
        app.get("/raw", (_request, reply) => {
          reply.hijack();
          reply.raw.setHeader("keep-alive", "timeout=5");
          reply.raw.writeHead(201, { Connection: "close", Upgrade: "a", "x-other": "1" });
          reply.raw.end();
        });
        app.get("/list", (_request, reply) => {
          reply.hijack();
          reply.raw.writeHead(201, ["Connection", "close", "x-other", "1"]);
          reply.raw.end();
        });
      },
    });
    const session = connectHttp2(t, shape, port);
    for (const [path, statusCode] of [
      ["/chunked", 200],
      ["/raw", 201],
      ["/list", 201],
    ] as const) {
      const answer = await requestHttp2(session, { ":path": path });
      assert.equal(answer.statusCode, statusCode, path);
      assert.equal(answer.headers["x-other"], "1", path);
    }
  });
}

for (const shape of [plain, cleartextHttp2, secure]) {
  test(`${shape.name}: a connection that resets its streams without end is cut, others live`, async (t) => {
    const { port } = await startApp(t, shape, { split: { maxPrematureResets: 20 } });
    const attacker = connectHttp2(t, shape, port);
    const goaway = once(attacker, "goaway");
    await once(attacker, "connect");
    while (!attacker.destroyed && !attacker.closed) {
      const stream = attacker.request(grpcHeaders("/probe.Probe/Unary"));
      stream.on("error", () => {});
      stream.write(grpcFrame("hang"));
      await delay(1);
      stream.close(http2.constants.NGHTTP2_CANCEL);
    }
    const [code] = await goaway;
    assert.equal(code, http2.constants.NGHTTP2_ENHANCE_YOUR_CALM);
    const other = connectHttp2(t, shape, port);
    assert.equal((await requestHttp2(other, { ":path": "/version" })).statusCode, 200);
  });
}

for (const shape of cleartext) {
  test(`${shape.name}: garbage in any place of a connection harms nobody`, async (t) => {
    const { port } = await startApp(t, shape);
    let seed = 20_261_120;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      return (seed >>> 8) % below;
    };
    const garbage = (length: number): Buffer =>
      Buffer.from(Array.from({ length }, () => random(256)));
    const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
    for (let i = 0; i < 150; i++) {
      const socket = await connect(t, port);
      socket.on("error", () => {});
      // A frame of a random type with a random payload, on a random stream.
      const payload = garbage(random(60));
      const frame = Buffer.from([
        0,
        0,
        payload.length,
        random(12),
        random(256),
        0,
        0,
        0,
        random(6),
      ]);
      const start = [Buffer.from(preface), settings].slice(0, random(3));
      socket.end(Buffer.concat([...start, frame, payload, garbage(random(40))]));
    }
    const session = connectHttp2(t, shape, port);
    const answer = await requestHttp2(session, grpcHeaders("/probe.Probe/Unary"), grpcFrame("x"));
    assert.deepEqual(answer.body, grpcFrame("x"));
    assert.equal((await requestHttp1(shape, port, "/version")).statusCode, 200);
  });
}

test("an idle connection of HTTP/2 gets a GOAWAY", async (t) => {
  for (const shape of [plain, secure]) {
    const { port } = await startApp(t, shape, { split: { sessionIdleMs: 50 } });
    const session = connectHttp2(t, shape, port);
    await once(session, "goaway");
    await once(session, "close");
  }
});

test("a connection that nghttp2 has ended is let go, although Node 20 reads it no more", async (t) => {
  const { app, port } = await startApp(t, plain, {
    split: { sessionIdleMs: 100 },
    routes: (instance) => instance.get("/", () => new Promise(() => {})),
  });
  const socket = await connect(t, port);
  socket.on("error", () => {}).resume();
  // GET / of authority "a", ended, and then DATA on the same stream.
  const headers = Buffer.from([0, 0, 6, 1, 5, 0, 0, 0, 1, 0x82, 0x86, 0x84, 0x41, 1, 0x61]);
  const data = Buffer.from([0, 0, 1, 0, 0, 0, 0, 0, 1, 0]);
  const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
  socket.write(Buffer.concat([Buffer.from(preface), settings, headers, data]));
  await once(app.server, "request");
  socket.destroy();
  while (portSplit(app).gauges.http2Sessions > 0) await delay(5);
});

test("a quiet stream outlives the idle limit of its connection as long as its client is there", async (t) => {
  const { port } = await startApp(t, plain, { split: { sessionIdleMs: 60 } });
  const call = startCall(transportTo(t, plain, port), "Bidi");
  call.handle.send(Buffer.from("a"));
  await call.received(1);
  await delay(400);
  call.handle.send(Buffer.from("b"));
  await call.received(2);
  call.handle.halfClose();
  await call.ended;
  assert.equal(call.status.code, 0);
});

import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { Code } from "grpc-transcoding";
import { callUnary } from "grpc-transcoding/testing";
import type { Http2TransportOptions } from "../../src/options.ts";
import { createHttp2Transport } from "../../src/transport.ts";
import { flag, frameType, preface, settingsFrame } from "../frames/frame-bytes.ts";
import { FrameSplitter } from "../frames/frame-splitter.ts";
import { answer } from "../frames/raw-server.ts";
import { inTime, openSockets, settled } from "./hostile-test.ts";

// What a proxy may answer to CONNECT. The target is a name that nobody resolves but the proxy.

const target = "library.invalid:50051";
const opened = "HTTP/1.1 200 Connection established\r\n\r\n";
const session = settingsFrame();

interface Case {
  /** Called once the CONNECT has come. */
  readonly script: (socket: Socket) => void;
  /** Called with what else comes. */
  readonly onMore?: (socket: Socket, chunk: Buffer) => void;
  readonly codes: readonly Code[];
  readonly options?: Partial<Http2TransportOptions>;
  readonly reason?: RegExp;
}

/** Is the server behind the tunnel: answers the call once its end has come. */
function serve(): NonNullable<Case["onMore"]> {
  const splitter = new FrameSplitter(preface.length);
  return (socket, chunk) => {
    for (const { type, flags, stream } of splitter.push(chunk)) {
      const isEnd = type === frameType.data && flags === flag.endStream;
      if (isEnd) socket.write(answer(stream, "x"));
    }
  };
}

const lost = { codes: [Code.UNAVAILABLE] };

const cases: Record<string, Case> = {
  "that opens the tunnel carries the call": {
    codes: [Code.OK],
    script: (socket) => {
      socket.write(opened);
      setTimeout(() => socket.write(session), 20);
    },
    onMore: serve(),
  },
  "whose answer has frames behind it in one packet carries the call": {
    codes: [Code.OK],
    script: (socket) => socket.write(Buffer.concat([Buffer.from(opened), session])),
    onMore: serve(),
  },
  "that answers byte by byte carries the call": {
    codes: [Code.OK],
    script: async (socket) => {
      for (const byte of Buffer.concat([Buffer.from(opened), session])) {
        socket.write(Buffer.from([byte]));
        await new Promise(setImmediate);
      }
    },
    onMore: serve(),
  },
  "that wants to be paid is no way": {
    ...lost,
    script: (socket) => socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"),
    reason: /407/,
  },
  "that finds no server is no way": {
    ...lost,
    script: (socket) => socket.end("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 3\r\n\r\nbad"),
    reason: /502/,
  },
  "that answers garbage is no way": {
    ...lost,
    script: (socket) =>
      socket.write(Buffer.concat([Buffer.alloc(9000, 0xfe), Buffer.from("\r\n\r\n")])),
  },
  "that answers another protocol is no way": {
    ...lost,
    script: (socket) => socket.write("SSH-2.0-OpenSSH_9.6\r\n\r\n"),
  },
  "whose answer never ends is given up": {
    ...lost,
    script: (socket) => {
      socket.write("HTTP/1.1 200 OK\r\n");
      const more = (): void => {
        if (socket.destroyed) return;
        socket.write(`X-More: ${"y".repeat(1000)}\r\n`);
        setImmediate(more);
      };
      more();
    },
  },
  "that closes at once is no way": { ...lost, script: (socket) => void socket.destroy() },
  "that says nothing is waited for until the deadline": {
    codes: [Code.DEADLINE_EXCEEDED],
    script: () => undefined,
  },
  "that says nothing is given up after the connect timeout": {
    ...lost,
    script: () => undefined,
    options: { connectTimeoutMs: 100 },
  },
  "that opens the tunnel to no HTTP/2 is no way": {
    ...lost,
    script: (socket) => socket.write(`${opened}HTTP/1.1 400 Bad Request\r\n\r\n`),
  },
  "that closes within a TLS handshake is no way": {
    ...lost,
    options: { tls: true },
    script: (socket) => socket.write(opened),
    onMore: (socket) => void socket.destroy(),
  },
  "that answers a TLS handshake with garbage is no way": {
    ...lost,
    options: { tls: true },
    script: (socket) => socket.write(opened),
    onMore: (socket) => socket.write(Buffer.alloc(100, 0x41)),
  },
  "that says nothing to a TLS handshake is given up after the connect timeout": {
    ...lost,
    options: { tls: true, connectTimeoutMs: 150 },
    script: (socket) => socket.write(opened),
  },
};

for (const [what, { script, onMore, codes, options, reason }] of Object.entries(cases)) {
  test(`a proxy ${what}`, async (t) => {
    const before = openSockets();
    const proxy = await listen(t, script, onMore);
    const reasons: string[] = [];
    process.env.grpc_proxy = `http://user:secret@127.0.0.1:${proxy.port}`;
    const transport = createHttp2Transport({
      target,
      onUnavailable: (text) => reasons.push(text),
      ...options,
    });
    delete process.env.grpc_proxy;
    t.after(() => transport.close?.());
    const isLate = codes.includes(Code.DEADLINE_EXCEEDED);
    const call = await callUnary(transport, "hello", inTime(isLate ? 300 : 5000));
    assert.ok(codes.includes(call.status.code), `${call.status.code} ${reasons}`);
    assert.doesNotMatch(call.status.message, /127|secret|proxy/, "clients are told less");
    assert.doesNotMatch(reasons.join(), /secret/);
    if (reason !== undefined) assert.match(reasons.join(), reason);
    await transport.close?.();
    proxy.close();
    await settled(before);
  });
}

test("a proxy whose password is wrongly encoded is refused by the name of its variable", (t) => {
  process.env.grpc_proxy = "http://user:100%@127.0.0.1:1";
  t.after(() => delete process.env.grpc_proxy);
  assert.throws(() => createHttp2Transport({ target }), /grpc_proxy has a user or password/);
});

async function listen(
  t: TestContext,
  script: Case["script"],
  onMore: Case["onMore"],
): Promise<{ port: number; close: () => void }> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    let isOpen = false;
    let head = "";
    socket.on("data", (chunk) => {
      if (isOpen) onMore?.(socket, chunk);
      else {
        head += chunk.toString("latin1");
        if (!head.includes("\r\n\r\n")) return;
        isOpen = true;
        assert.match(head, /^CONNECT library\.invalid:50051 HTTP\/1\.1\r\n/);
        script(socket);
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = (): void => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  t.after(close);
  return { port: (server.address() as AddressInfo).port, close };
}

import assert from "node:assert/strict";
import http2, { type ClientHttp2Session, type ClientHttp2Stream } from "node:http2";
import net, { type AddressInfo, type Socket } from "node:net";
import { test } from "node:test";
import { Server, type ServerWritableStream } from "@grpc/grpc-js";
import Fastify from "fastify";
import { attachGrpcServer } from "fastify-grpc-gateway";
import { grpcFrame, grpcHeaders } from "../one-port/http-clients.ts";

const closeGraceMs = 40;
const rounds = Number(process.env.SHUTDOWNS ?? 200);

type Writer = ServerWritableStream<Buffer, Buffer>;

const bytes = (buffer: Buffer): Buffer => buffer;

/** A service that sends more than a client takes that does not read, and ends when it pleases. */
function flooding(calls: Writer[]): Server {
  const server = new Server();
  const send = (call: Writer): void => {
    calls.push(call);
    for (let i = 0; i < 4; i++) call.write(Buffer.alloc(20_000));
  };
  server.register("/flood.Flood/Send", send as never, bytes, bytes, "serverStream");
  return server;
}

/** What a client does with a stream that it does not read: a random thing at a random time around the grace. */
const lastDeeds: readonly ((
  stream: ClientHttp2Stream,
  session: ClientHttp2Session,
  socket: Socket,
) => void)[] = [
  (stream) => void stream.resume(),
  (stream) => stream.close(http2.constants.NGHTTP2_CANCEL),
  (_stream, session) => session.destroy(),
  (_stream, _session, socket) => socket.destroy(),
  () => {},
];

async function shutDown(round: number): Promise<number> {
  const app = Fastify();
  const calls: Writer[] = [];
  attachGrpcServer(app, { name: "flood", server: flooding(calls) }, { closeGraceMs });
  app.get("/never", () => new Promise(() => {}));
  await app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = app.server.address() as AddressInfo;
  const socket = net.connect(port, "127.0.0.1").on("error", () => {});
  const origin = `http://127.0.0.1:${port}`;
  const session = http2.connect(origin, { createConnection: () => socket }).on("error", () => {});
  const stream = session.request(grpcHeaders("/flood.Flood/Send"));
  stream.on("error", () => {}).pause();
  stream.end(grpcFrame(""));
  const endless = session.request({ ":path": "/never" }).on("error", () => {});
  endless.resume();
  const half = net.connect(port, "127.0.0.1").on("error", () => {});
  half.write("GET /never HTTP/1.1\r\nhost: a\r\n\r\nGET /");
  await new Promise((resolve) => stream.once("response", resolve));

  const around = (): number => closeGraceMs + ((round * 7) % 30) - 10;
  // A service that is told to stop ends its streams at about the time that the port does.
  const handlerEnds = setTimeout(() => calls[0]?.end(), around());
  const clientActs = setTimeout(
    () => lastDeeds[round % lastDeeds.length]?.(stream, session, socket),
    around() + 5,
  );
  const began = performance.now();
  await app.close();
  const time = performance.now() - began;
  clearTimeout(handlerEnds);
  clearTimeout(clientActs);
  session.destroy();
  half.destroy();
  return time;
}

test(`slow readers, half-open peers and endless handlers: ${rounds} shutdowns end in time and throw nothing`, async (t) => {
  const uncaught: unknown[] = [];
  const onError = (error: unknown): void => void uncaught.push(error);
  process.on("uncaughtException", onError);
  t.after(() => process.off("uncaughtException", onError));
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 50) {
    const batch = Array.from({ length: Math.min(50, rounds - round) }, (_, i) =>
      shutDown(round + i),
    );
    times.push(...(await Promise.all(batch)));
  }
  assert.deepEqual(uncaught, []);
  const slowest = Math.max(...times);
  assert.ok(slowest < closeGraceMs + 1_000, `the slowest took ${Math.round(slowest)} ms`);
});

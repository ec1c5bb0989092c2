import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type Server, ServerCredentials } from "@grpc/grpc-js";
import { type CallHandle, Code, type Transport } from "grpc-transcoding";
import { probeServer, startCall } from "grpc-transcoding/testing";
import { createHttp2Transport } from "../../src/transport.ts";
import { frame, frameType } from "../frames/frame-bytes.ts";
import { type Frame, FrameSplitter } from "../frames/frame-splitter.ts";
import { mutateFrames } from "../frames/mutate-frames.ts";
import { Random } from "../frames/random.ts";
import { RawServer, type Script } from "../frames/raw-server.ts";
import { recordThrough } from "../frames/session-recorder.ts";
import { keptBytes, openSockets, settled, transportTo } from "./hostile-test.ts";

const FRAMES = Number(process.env.RANDOM_FRAMES ?? 100_000);
const SEED = Number(process.env.RANDOM_SEED ?? 1);
const AT_ONCE = 16;
const MAX_GROWTH_BYTES = 12 * 1024 * 1024;
// A server that was made to take no calls says nothing.
const DEADLINE_MS = 300;
const HANG_MS = 10_000;

const kinds = ["Unary", "ServerStream", "Bidi", "ClientStream"] as const;
type Kind = (typeof kinds)[number];
const requests: Record<Kind, readonly string[]> = {
  Unary: ["headers"],
  ServerStream: ["count 20"],
  Bidi: ["one", "two", "three"],
  ClientStream: ["one", "two"],
};

test(`${FRAMES} frames, random and of mutated sessions: no crash, no hang, no leak`, async (t) => {
  let uncaught = 0;
  const count = (): void => void uncaught++;
  process.on("uncaughtExceptionMonitor", count);
  t.after(() => process.off("uncaughtExceptionMonitor", count));
  const sessions = await recordSessions(t);
  const before = openSockets();
  const random = new Random(SEED);
  const seen = { frames: 0, calls: 0, codes: new Map<Code, number>() };
  const server = await RawServer.listen(t, mutated(random, sessions, seen));
  const run = async (frames: number): Promise<void> => {
    const until = seen.frames + frames;
    const worker = async (): Promise<void> => {
      while (seen.frames < until) await oneSession(server.target, seen);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    for (const peer of server.peers.splice(0)) peer.socket.destroy();
  };
  await run(FRAMES / 5);
  const bytes = await keptBytes();
  await run((FRAMES * 4) / 5);
  server.close();
  await settled(before);
  const growth = (await keptBytes()) - bytes;
  t.diagnostic(`${seen.frames} frames, ${seen.calls} calls, ${growth} bytes more`);
  t.diagnostic(JSON.stringify([...seen.codes].map(([code, calls]) => [nameOf(code), calls])));
  assert.equal(uncaught, 0);
  assert.ok(growth < MAX_GROWTH_BYTES, `${growth} bytes more`);
  for (const code of [Code.OK, Code.INTERNAL, Code.UNAVAILABLE]) {
    assert.ok((seen.codes.get(code) ?? 0) > seen.calls / 100, `too few ${nameOf(code)}`);
  }
});

interface Seen {
  frames: number;
  calls: number;
  readonly codes: Map<Code, number>;
}

/** One transport, a call of each kind at once, and what becomes of them. */
async function oneSession(target: string, seen: Seen): Promise<void> {
  const transport = createHttp2Transport({ target, backoff: { initialMs: 1 } });
  const ends = kinds.map((kind) => endOf(transport, kind));
  let timer: NodeJS.Timeout | undefined;
  const hang = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("a call hangs")), HANG_MS);
  });
  for (const code of await Promise.race([Promise.all(ends), hang])) {
    seen.calls += 1;
    seen.codes.set(code, (seen.codes.get(code) ?? 0) + 1);
  }
  clearTimeout(timer);
  assert.equal(transport.liveCalls, 0);
  await transport.close?.();
}

/** Resolves with the code of the one status that a call reports; more than one is an uncaught error. */
function endOf(transport: Transport, kind: Kind): Promise<Code> {
  return new Promise((resolve) => {
    let hasEnded = false;
    const check = (): void => {
      if (hasEnded) throw new Error("a report after the status");
    };
    const call: CallHandle = transport.start(
      {
        method: {
          path: `/probe.Probe/${kind}`,
          clientStreaming: kind === "ClientStream" || kind === "Bidi",
          serverStreaming: kind === "ServerStream" || kind === "Bidi",
        },
        metadata: [],
        deadline: { at: Date.now() + DEADLINE_MS, source: "gateway" },
        peer: "192.0.2.7:4711",
        timing: {},
      },
      {
        onHeaders: check,
        onMessage: () => {
          check();
          call.read();
        },
        onStatus: ({ code }) => {
          check();
          hasEnded = true;
          assert.ok(code >= 0 && code <= 16);
          resolve(code);
        },
      },
    );
    for (const request of requests[kind]) call.send(Buffer.from(request));
    call.halfClose();
    call.read();
  });
}

/** Waits for the calls, says a mutated session, and ends its side. */
function mutated(random: Random, sessions: readonly Frame[][], seen: Seen): Script {
  return async (peer) => {
    const session = random.pick(sessions);
    const handshake = session.filter(({ type }) => type === frameType.settings);
    const rest = session.filter(({ type }) => type !== frameType.settings);
    const begin = random.chance(8) ? mutateFrames(random, handshake) : handshake.map(bytesOf);
    seen.frames += begin.length;
    await peer.send(...begin);
    if (!random.chance(10)) for (let calls = 0; calls < kinds.length; calls++) await peer.head();
    const frames = mutateFrames(random, rest);
    seen.frames += frames.length;
    const bytes = Buffer.concat(frames);
    const cut = random.chance(2) ? bytes.length : random.below(bytes.length + 1);
    await peer.send(bytes.subarray(0, cut));
    if (cut < bytes.length) {
      await new Promise(setImmediate);
      await peer.send(bytes.subarray(cut));
    }
    peer.socket.end();
  };
}

/** What a real server said to calls of each kind, in several ways. */
async function recordSessions(t: TestContext): Promise<readonly Frame[][]> {
  const { server } = probeServer();
  const port = await bind(t, server);
  const size = [["x-size", "30000"]] as const;
  return [
    await recordSession(t, port, requests, []),
    await recordSession(t, port, { ...requests, Unary: ["fail"], ServerStream: ["fail 3"] }, []),
    await recordSession(
      t,
      port,
      { ...requests, Unary: ["large"], ServerStream: ["large 3"] },
      size,
    ),
  ];
}

async function recordSession(
  t: TestContext,
  port: number,
  scenario: Record<Kind, readonly string[]>,
  metadata: readonly (readonly [string, string])[],
): Promise<Frame[]> {
  const { target, said } = await recordThrough(t, port);
  const transport = transportTo(t, target);
  const calls = kinds.map((kind) => startCall(transport, kind, { metadata }));
  for (const [at, kind] of kinds.entries()) {
    const { handle } = calls[at] as (typeof calls)[number];
    for (const request of scenario[kind]) handle.send(Buffer.from(request));
    handle.halfClose();
  }
  for (const { ended } of calls) await ended;
  await transport.close?.();
  return new FrameSplitter().push(said());
}

function bind(t: TestContext, server: Server): Promise<number> {
  t.after(() => server.forceShutdown());
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    );
  });
}

function bytesOf({ type, flags, stream, payload }: Frame): Buffer {
  return frame(type, flags, stream, payload);
}

function nameOf(code: Code): string {
  return Object.entries(Code).find(([, value]) => value === code)?.[0] ?? `${code}`;
}

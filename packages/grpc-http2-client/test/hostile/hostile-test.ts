import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Code } from "grpc-transcoding";
import { callUnary, type RecordedCall } from "grpc-transcoding/testing";
import type { Http2TransportOptions } from "../../src/options.ts";
import { createHttp2Transport } from "../../src/transport.ts";
import { answer, RawServer, type Script } from "../frames/raw-server.ts";

// Of calls that nothing but their deadline ends, and of those that end long before.
const SHORT_MS = 400;
const LONG_MS = 8_000;
// What a busy machine may add.
const GRACE_MS = 1_000;
const MAX_GROWTH_BYTES = 48 * 1024 * 1024;

/** What an attack is, and what becomes of the call. */
export interface Attack {
  readonly script: Script;
  /** One of these ends the call. */
  readonly codes: readonly Code[];
  readonly origin?: string;
  /** The message of an OK. */
  readonly message?: string;
  readonly options?: Partial<Http2TransportOptions>;
}

/**
 * Tests that a call to a server which does this ends in time and rightly, while a call to another target is
 * as ever, and that neither sockets nor memory are left.
 */
export function hostile(name: string, attack: Attack): void {
  test(name, async (t) => {
    const before = openSockets();
    const bytes = usedBytes();
    const other = await RawServer.listen(t, honest);
    const server = await RawServer.listen(t, attack.script);
    const unharmed = createHttp2Transport({ target: other.target });
    const transport = createHttp2Transport({ target: server.target, ...attack.options });
    t.after(() => Promise.all([transport.close?.(), unharmed.close?.()]));
    const deadlineMs = attack.codes.includes(Code.DEADLINE_EXCEEDED) ? SHORT_MS : LONG_MS;
    const begun = performance.now();
    const [call, fine] = await Promise.all([
      callUnary(transport, "hello", inTime(deadlineMs)),
      callUnary(unharmed, "hello", inTime(LONG_MS)),
    ]);
    const took = performance.now() - begun;
    assertOutcome(call, attack);
    assert.ok(took < deadlineMs + GRACE_MS, `it took ${took} ms`);
    assert.equal(fine.status.code, 0, fine.status.message);
    const growth = usedBytes() - bytes;
    assert.ok(growth < MAX_GROWTH_BYTES, `${growth} bytes more`);
    assert.equal(transport.liveCalls, 0);
    await transport.close?.();
    await unharmed.close?.();
    for (const { socket } of server.peers) socket.resume();
    await Promise.all([...server.peers, ...other.peers].map(({ closed }) => closed));
    server.close();
    other.close();
    await settled(before);
  });
}

/** The deadline of a call that must end within it. */
export function inTime(ms: number): { deadline: { at: number; source: "client" } } {
  return { deadline: { at: Date.now() + ms, source: "client" } };
}

/** Answers each request with `fine`. */
export const honest: Script = async (peer) => {
  await peer.greet();
  for (;;) {
    const stream = await peer.request();
    await peer.send(answer(stream, "fine"));
  }
};

export function assertOutcome(call: RecordedCall, { codes, origin, message }: Attack): void {
  const { code, message: text } = call.status;
  assert.ok(codes.includes(code), `code ${code}: ${text}`);
  if (origin !== undefined) assert.equal(call.origin, origin);
  if (message !== undefined) assert.deepEqual(call.messages, [message]);
  assert.equal(call.reports.filter((report) => report === "status").length, 1);
  assert.equal(call.reports.at(-1), "status");
  assert.doesNotMatch(text, /127\.0\.0\.1/, "no address reaches the client");
}

/** Resolves when no socket is open that was not before; fails after a second. */
export async function settled(before: number): Promise<void> {
  for (let tries = 0; openSockets() > before; tries++) {
    assert.ok(tries < 100, `${openSockets() - before} sockets are left`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export function openSockets(): number {
  return process.getActiveResourcesInfo().filter((name) => /^(TCP|Pipe|TLS)/.test(name)).length;
}

export function usedBytes(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** What is in use once all that can go is gone; buffers go a little after the objects that had them. */
export async function keptBytes(): Promise<number> {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as () => void;
  let least = Number.POSITIVE_INFINITY;
  for (let rounds = 0; rounds < 5; rounds++) {
    gc();
    await new Promise((resolve) => setTimeout(resolve, 20));
    least = Math.min(least, usedBytes());
  }
  return least;
}

/** A transport that ends with its test. */
export function transportTo(
  t: TestContext,
  target: string,
  options: Partial<Http2TransportOptions> = {},
): ReturnType<typeof createHttp2Transport> {
  const transport = createHttp2Transport({ target, ...options });
  t.after(() => transport.close?.());
  return transport;
}

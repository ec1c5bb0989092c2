import { setImmediate as nextTurn } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { grpcMessage, textMessage } from "./grpc-messages.ts";
import { callBlock, field, requestBlock } from "./header-blocks.ts";
import { dataFrame, flags, headersFrame } from "./http2-frames.ts";
import { RawConnection, type Target } from "./raw-connection.ts";
import type { Random } from "./seeded-random.ts";

// Under the number of resets and of refused header blocks that cost a connection.
const streamsPerConnection = 50;

/** A call: its header block, and its body as the DATA frames that it comes in. */
interface FuzzedCall {
  readonly block: Buffer;
  readonly body: readonly Buffer[];
}

const methods = ["Echo", "Collect", "Chat", "Slow"];
const whole = grpcMessage(textMessage("hello"));

const path = (random: Random): string => methods[random(methods.length)] as string;
const call = (random: Random, fields?: Readonly<Record<string, string>>): Buffer =>
  callBlock(path(random), fields);

function randomBytes(random: Random, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => random(256)));
}

/** Each in frames of its own, down to single bytes. */
function split(random: Random, bytes: Buffer): readonly Buffer[] {
  const largest = 1 + random(8);
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + random(largest);
    parts.push(bytes.subarray(at, at + size));
    at += size;
  }
  return parts;
}

const contentTypes = [
  "application/grpc+json",
  "application/grpc;a=b",
  "application/grpcfoo",
  "application/grpc-web",
  "text/html",
  "",
];

/** Ways in which a native call can be wrong, and right ones that come in pieces. */
const faults: readonly ((random: Random) => FuzzedCall)[] = [
  // A length that lies, behind it anything.
  (random) => ({
    block: call(random),
    body: split(random, grpcMessage(randomBytes(random, random(200)), random(2 ** 32))),
  }),
  (random) => ({
    block: call(random),
    body: [grpcMessage(textMessage("x"), random(8)), randomBytes(random, random(30))],
  }),
  // Compressed, with no encoding named, one that nobody knows, or no compressed bytes.
  (random) => ({ block: call(random), body: [grpcMessage(gzipSync("x"), undefined, 1)] }),
  (random) => ({
    block: call(random, { "grpc-encoding": ["gzip", "deflate", "zstd", ""][random(4)] as string }),
    body: [grpcMessage(randomBytes(random, random(40)), undefined, 1 + random(255))],
  }),
  // Cut off.
  (random) => ({ block: call(random), body: [whole.subarray(0, random(whole.length))] }),
  // Right, at every byte in two, and in pieces.
  (random) => {
    const at = random(whole.length + 1);
    return { block: call(random), body: [whole.subarray(0, at), whole.subarray(at)] };
  },
  (random) => ({ block: call(random), body: split(random, Buffer.concat([whole, whole])) }),
  // More behind the end.
  (random) => ({ block: call(random), body: [whole, randomBytes(random, 1 + random(40))] }),
  (random) => ({
    block: callBlock(path(random), {
      "content-type": contentTypes[random(contentTypes.length)] as string,
    }),
    body: [whole],
  }),
  // Not POST, or without te.
  (random) => ({
    block: requestBlock("GET", `/attacked.v1.Attacked/${path(random)}`, {
      "content-type": "application/grpc",
    }),
    body: [whole],
  }),
  (random) => ({
    block: requestBlock(
      "POST",
      ["/", "//", "/a", "/attacked.v1.Attacked/", "/%00/x"][random(5)] as string,
      { "content-type": "application/grpc" },
    ),
    body: [whole],
  }),
  // Metadata that is much, or not what its name says.
  (random) => ({
    block: Buffer.concat([
      call(random),
      ...Array.from({ length: random(150) }, (_, i) => field(`x-${i}`, "v".repeat(random(300)))),
    ]),
    body: [whole],
  }),
  (random) => ({
    block: call(random, {
      "x-bin": randomBytes(random, 9)
        .toString("latin1")
        .replaceAll(/[\0\r\n]/g, "a")
        .trim(),
      "grpc-timeout": ["0n", "99999999H", "1", "-1S", "1000000000S", ""][random(6)] as string,
    }),
    body: [whole],
  }),
];

/** How a fuzz ended. */
export interface FuzzResult {
  readonly streams: number;
  /** Streams that the server neither answered nor reset, though their connection was open. */
  readonly unended: number;
  /** Connections that the server cut. */
  readonly cut: number;
}

/** One connection's calls, all of them ended by the client. */
async function fuzzConnection(target: Target, random: Random): Promise<FuzzResult> {
  const connection = await RawConnection.open(target);
  const signal = AbortSignal.timeout(10_000);
  const open = new Set<number>();
  connection.onStreamEnd = (id) => open.delete(id);
  for (let i = 0; i < streamsPerConnection; i++) {
    const id = connection.nextStream();
    open.add(id);
    const { block, body } = (faults[random(faults.length)] as (typeof faults)[number])(random);
    const frames = body.map((bytes) => dataFrame(id, bytes));
    for (const bytes of body) connection.spend(bytes.length);
    const end = dataFrame(id, Buffer.alloc(0), flags.endStream);
    await connection.write(Buffer.concat([headersFrame(id, block), ...frames, end]), signal);
    if (i % 10 === 0) await nextTurn();
  }
  const allEnded = new Promise<void>((resolve) => {
    const settle = (): void => {
      if (open.size === 0) resolve();
    };
    connection.onStreamEnd = (id) => {
      open.delete(id);
      settle();
    };
    settle();
  });
  await Promise.race([allEnded, connection.serverClosed(signal)]);
  const cut = connection.closed;
  await connection.close();
  return { streams: streamsPerConnection, unended: cut ? 0 : open.size, cut: cut ? 1 : 0 };
}

/** Fuzzes the frames of native calls on so many streams, over several connections at once. */
export async function fuzzFrames(
  target: Target,
  streams: number,
  random: Random,
): Promise<FuzzResult> {
  const total = { streams: 0, unended: 0, cut: 0 };
  const one = async (): Promise<void> => {
    while (total.streams < streams) {
      total.streams += streamsPerConnection;
      const { unended, cut } = await fuzzConnection(target, random);
      total.unended += unended;
      total.cut += cut;
    }
  };
  await Promise.all(Array.from({ length: 4 }, one));
  return total;
}

import { setTimeout as delay, setImmediate as nextTurn } from "node:timers/promises";
import type { AttackedServer } from "./attacked-server.ts";
import { grpcMessage } from "./grpc-messages.ts";
import { callBlock } from "./header-blocks.ts";
import { dataFrame, flags, headersFrame, resetFrame } from "./http2-frames.ts";
import { RawConnection, type Target } from "./raw-connection.ts";
import type { Random } from "./seeded-random.ts";

const streamsPerBurst = 400;
const burstsAtOnce = 4;

// The last is a method that the service does not have.
const calls = ["Echo", "Collect", "Chat", "Slow", "None"].map((name) => callBlock(name));
const sizes = [0, 5, 100, 3_000];

/** A message whose length tells the truth two times of five. */
function message(random: Random): Buffer {
  const bytes = Buffer.alloc(sizes[random(sizes.length)] ?? 0, "A");
  const lengths = [bytes.length, bytes.length, bytes.length + 1, 5e6, 0xffff_ffff];
  return grpcMessage(bytes, lengths[random(lengths.length)]);
}

/**
 * One connection's native calls, each reset at a random moment in mid-body: at once, in the next turn, within
 * 40 ms; some end instead. Answers how many streams were opened.
 */
async function burst(target: Target, random: Random): Promise<number> {
  const connection = await RawConnection.open(target);
  const signal = AbortSignal.timeout(1_000);
  let opened = 0;
  while (opened < streamsPerBurst && !connection.closed && !signal.aborted) {
    const id = connection.nextStream();
    opened += 1;
    const bytes = message(random);
    const times = random(3) > 0 ? 2 : 1;
    connection.spend(bytes.length * times);
    const body = Array<Buffer>(times).fill(dataFrame(id, bytes));
    const block = calls[random(calls.length)] as Buffer;
    await connection.write(Buffer.concat([headersFrame(id, block), ...body]), signal);
    const reset = (): void => void connection.send(resetFrame(id));
    const end = random(4);
    if (end === 0) reset();
    else if (end === 1) setTimeout(reset, random(40));
    else if (end === 2) setImmediate(reset);
    else connection.send(dataFrame(id, bytes.subarray(0, random(4)), flags.endStream));
    if (opened % 20 === 0) await nextTurn();
  }
  await delay(60);
  await connection.close();
  return opened;
}

/** Bursts until so many streams were opened, or the server has died. Answers how many were. */
export async function resetBursts(
  server: AttackedServer,
  streams: number,
  random: Random,
): Promise<number> {
  let opened = 0;
  const one = async (): Promise<void> => {
    while (opened < streams && server.death === undefined) opened += await burst(server, random);
  };
  await Promise.all(Array.from({ length: burstsAtOnce }, one));
  return opened;
}

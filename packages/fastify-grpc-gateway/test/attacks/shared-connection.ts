import { once } from "node:events";
import http2, { constants } from "node:http2";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Client, credentials, Metadata } from "@grpc/grpc-js";
import { numberMessage } from "./grpc-messages.ts";
import { callBlock } from "./header-blocks.ts";
import { headersFrame, resetFrame } from "./http2-frames.ts";
import { RawConnection, type Target } from "./raw-connection.ts";

const innocentCalls = 10;

/** How long calls take that share a connection, in milliseconds. */
export interface SharedTimes {
  /** After which all but the innocent calls are given up. */
  readonly giveUpMs: number;
  /** After which the service answers the innocent ones. */
  readonly innocentMs: number;
}

/** How long the service would take for a call that is given up. */
const neverMs = 30_000;

const bytes = (message: Buffer): Buffer => message;

/**
 * Ten innocent native calls on one channel with so many that pass their deadline, as behind a load balancer when a
 * service is slow. Answers how the innocent ones ended that failed.
 */
export async function innocentsAmongDeadlines(
  { port }: Pick<Target, "port">,
  count: number,
  { giveUpMs, innocentMs }: SharedTimes,
): Promise<readonly string[]> {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
    "grpc.use_local_subchannel_pool": 1,
  });
  const slow = (ms: number, deadline?: number): Promise<string | undefined> =>
    new Promise((resolve) => {
      client.makeUnaryRequest(
        "/attacked.v1.Attacked/Slow",
        bytes,
        bytes,
        numberMessage(ms),
        new Metadata(),
        deadline === undefined ? {} : { deadline },
        (error) => resolve(error?.message),
      );
    });
  await new Promise<void>((resolve, reject) =>
    client.waitForReady(Date.now() + 10_000, (error) => (error ? reject(error) : resolve())),
  );
  const innocent = Array.from({ length: innocentCalls }, () => slow(innocentMs));
  const deadline = Date.now() + giveUpMs;
  const others = Array.from({ length: count }, () => slow(neverMs, deadline));
  const ends = await Promise.all(innocent);
  await Promise.all(others);
  client.close();
  return ends.filter((end) => end !== undefined);
}

/** Ten innocent REST requests on one connection of HTTP/2 with so many that are cancelled all at once. */
export async function innocentsAmongCancels(
  { port }: Pick<Target, "port">,
  count: number,
  { giveUpMs, innocentMs }: SharedTimes,
): Promise<readonly string[]> {
  const session = http2.connect(`http://127.0.0.1:${port}`).on("error", () => {});
  await once(session, "connect");
  const slow = (ms: number) => session.request({ ":path": `/v1/slow/${ms}` }).resume();
  const innocent = Array.from({ length: innocentCalls }, () => {
    const stream = slow(innocentMs);
    let end = "no answer";
    stream.on("response", (head) => {
      end = String(head[":status"]);
    });
    stream.on("error", ({ message }) => {
      end = message;
    });
    return new Promise<string>((resolve) => stream.on("close", () => resolve(end)));
  });
  const others = Array.from({ length: count }, () => slow(neverMs).on("error", () => {}));
  setTimeout(() => {
    for (const stream of others) stream.close(constants.NGHTTP2_CANCEL);
  }, giveUpMs);
  const ends = await Promise.all(innocent);
  session.destroy();
  return ends.filter((end) => end !== "200");
}

/**
 * Opens native streams and resets them at once. Answers the code of the server's GOAWAY; of a client that
 * writes on after it the network may lose it.
 */
export async function rapidReset(target: Target, count: number): Promise<number | undefined> {
  const connection = await RawConnection.open(target);
  const signal = AbortSignal.timeout(5_000);
  const block = callBlock("Slow");
  for (let i = 0; i < count; i++) {
    const id = connection.nextStream();
    await connection.write(Buffer.concat([headersFrame(id, block), resetFrame(id)]), signal);
    if (i % 20 === 0) await nextTurn();
  }
  await connection.serverClosed(signal);
  await connection.close();
  return connection.goaway;
}

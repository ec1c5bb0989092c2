import { setTimeout as delay } from "node:timers/promises";
import type { Attack } from "./attack.ts";
import { grpcMessage, numberMessage, textMessage } from "./grpc-messages.ts";
import { callBlock, requestBlock } from "./header-blocks.ts";
import { dataFrame, flags, headersFrame } from "./http2-frames.ts";
import { connectSocket, RawConnection, type Target } from "./raw-connection.ts";

/** How much is held open; the short form of the tests holds less. */
export interface HeldCounts {
  readonly streams: number;
  readonly sockets: number;
  readonly slowReaders: number;
}

const streamsPerConnection = 500;
const chat = callBlock("Chat");
const message = grpcMessage(textMessage("x".repeat(100)));
const maxWindow = 0x7fff_ffff;

async function untilAborted(signal: AbortSignal): Promise<void> {
  await delay(60_000, undefined, { signal }).catch(() => {});
}

/** Opens connections, uses each, and holds them until the signal. */
function holdConnections(
  name: string,
  count: number,
  window: number | undefined,
  use: (connection: RawConnection) => readonly Buffer[],
): Attack {
  return {
    name,
    async run(target, signal) {
      const connections: RawConnection[] = [];
      for (let i = 0; i < count && !signal.aborted; i++) {
        const connection = await RawConnection.open(target, {
          reading: false,
          ...(window === undefined ? {} : { window }),
        });
        connections.push(connection);
        for (const chunk of use(connection)) await connection.write(chunk, signal);
      }
      await untilAborted(signal);
      await Promise.all(connections.map((connection) => connection.close()));
    },
  };
}

/** Opens sockets, and writes to each what it says from time to time. */
function holdSockets(
  name: string,
  count: number,
  text: (turn: number) => string | undefined,
): Attack {
  return {
    name,
    async run({ http1Port }: Target, signal) {
      const sockets = await Promise.all(
        Array.from({ length: count }, () => connectSocket({ port: http1Port, secure: false })),
      );
      for (let turn = 0; !signal.aborted; turn++) {
        const said = text(turn);
        if (said !== undefined) {
          for (const socket of sockets) if (socket.writable) socket.write(said);
        }
        await delay(100, undefined, { signal }).catch(() => {});
      }
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Streams and sockets that are opened and left. */
export function heldConnections({ streams, sockets, slowReaders }: HeldCounts): readonly Attack[] {
  const connections = Math.ceil(streams / streamsPerConnection);
  const perConnection = Math.min(streams, streamsPerConnection);
  const floods =
    (block: Buffer, ...data: Buffer[]) =>
    (connection: RawConnection) =>
      Array.from({ length: 10 }, () => {
        const id = connection.nextStream();
        const last = data.length === 0 ? flags.endStream : flags.none;
        return Buffer.concat([
          headersFrame(id, block, last),
          ...data.map((payload) => dataFrame(id, payload, flags.endStream)),
        ]);
      });
  return [
    holdConnections(`${streams} open gRPC streams, unread`, connections, undefined, (connection) =>
      Array.from({ length: perConnection }, () => {
        const id = connection.nextStream();
        return Buffer.concat([headersFrame(id, chat), dataFrame(id, message)]);
      }),
    ),
    holdSockets(`${sockets} slow headers of HTTP/1.1`, sockets, (turn) =>
      turn === 0 ? "GET /v1/echo/hi HTTP/1.1\r\nhost: a\r\n" : `x-${turn}: y\r\n`,
    ),
    holdSockets(`${sockets} sockets that say nothing`, sockets, () => undefined),
    holdSockets(`${sockets} sockets with half a preface`, sockets, (turn) =>
      turn === 0 ? "PRI * HTTP" : undefined,
    ),
    holdConnections(
      "slow readers of REST streams",
      slowReaders,
      maxWindow,
      floods(requestBlock("GET", "/v1/flood/60000")),
    ),
    holdConnections(
      "slow readers of gRPC streams",
      slowReaders,
      maxWindow,
      floods(callBlock("Flood"), grpcMessage(numberMessage(60_000))),
    ),
  ];
}

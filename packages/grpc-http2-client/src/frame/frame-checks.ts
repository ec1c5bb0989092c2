import { ConnectionError } from "./connection-error.ts";
import { DEFAULT_MAX_FRAME_BYTES, ErrorCode, Flag, FrameType } from "./protocol.ts";

/** The one length that a payload may have. */
const exactBytes: readonly (number | undefined)[] = [
  undefined,
  undefined,
  5, // PRIORITY
  4, // RST_STREAM
  undefined,
  undefined,
  8, // PING
  undefined,
  4, // WINDOW_UPDATE
];

/** Whether frames of a type belong to a stream (true) or to the connection (false); undefined for either. */
const ofStream: readonly (boolean | undefined)[] = [
  true, // DATA
  true, // HEADERS
  true, // PRIORITY
  true, // RST_STREAM
  false, // SETTINGS
  true, // PUSH_PROMISE
  false, // PING
  false, // GOAWAY
  undefined, // WINDOW_UPDATE
  true, // CONTINUATION
];

/**
 * What a frame's header alone tells, before a byte of its payload is kept (RFC 9113 sections 4.2 and 6). Throws a
 * {@link ConnectionError}.
 */
export function checkFrameHeader(
  length: number,
  type: number,
  flags: number,
  streamId: number,
): void {
  if (length > DEFAULT_MAX_FRAME_BYTES) {
    throw new ConnectionError(ErrorCode.FRAME_SIZE_ERROR, `a frame of ${length} bytes`);
  }
  // Unknown types are to be ignored.
  if (type > FrameType.CONTINUATION) return;
  const belongs = ofStream[type];
  if (belongs !== undefined && belongs !== streamId > 0) {
    throw new ConnectionError(
      ErrorCode.PROTOCOL_ERROR,
      `a frame of type ${type} on stream ${streamId}`,
    );
  }
  if (type === FrameType.PUSH_PROMISE) {
    throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "a push, though pushes are off");
  }
  const exact = exactBytes[type];
  const fits =
    exact === undefined
      ? type !== FrameType.SETTINGS
        ? type !== FrameType.GOAWAY || length >= 8
        : length % 6 === 0 && ((flags & Flag.ACK) === 0 || length === 0)
      : length === exact;
  if (!fits) {
    throw new ConnectionError(
      ErrorCode.FRAME_SIZE_ERROR,
      `a frame of type ${type} with ${length} bytes`,
    );
  }
}

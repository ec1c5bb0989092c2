import type { HeadLimits } from "../call/request-head.ts";
import { ConnectionError } from "../frame/connection-error.ts";
import {
  DEFAULT_MAX_FRAME_BYTES,
  DEFAULT_WINDOW_BYTES,
  ErrorCode,
  MAX_31_BITS,
  Setting,
} from "../frame/protocol.ts";

// RFC 9113 section 6.5.2.
const DEFAULT_HEADER_TABLE_BYTES = 4096;

/** What the peer announced (RFC 9113 section 6.5.2). */
export class PeerSettings implements HeadLimits {
  maxConcurrentStreams: number = MAX_31_BITS;
  initialWindowBytes: number = DEFAULT_WINDOW_BYTES;
  maxFrameBytes: number = DEFAULT_MAX_FRAME_BYTES;
  maxHeaderListBytes: number = Number.POSITIVE_INFINITY;
  owesTableUpdate = false;
  private headerTableBytes: number = DEFAULT_HEADER_TABLE_BYTES;

  /** Takes a SETTINGS payload. Throws a {@link ConnectionError} for values out of range. */
  apply(payload: Buffer, start: number, end: number): void {
    for (let at = start; at < end; at += 6) {
      this.set(payload.readUInt16BE(at), payload.readUInt32BE(at + 2));
    }
  }

  private set(id: number, value: number): void {
    switch (id) {
      case Setting.HEADER_TABLE_SIZE:
        if (value < this.headerTableBytes) this.owesTableUpdate = true;
        this.headerTableBytes = value;
        break;
      case Setting.MAX_CONCURRENT_STREAMS:
        this.maxConcurrentStreams = value;
        break;
      case Setting.INITIAL_WINDOW_SIZE:
        if (value > MAX_31_BITS) {
          throw new ConnectionError(ErrorCode.FLOW_CONTROL_ERROR, `a window of ${value}`);
        }
        this.initialWindowBytes = value;
        break;
      case Setting.MAX_FRAME_SIZE:
        if (value < DEFAULT_MAX_FRAME_BYTES || value > 2 ** 24 - 1) {
          throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, `frames of ${value} bytes`);
        }
        this.maxFrameBytes = value;
        break;
      case Setting.MAX_HEADER_LIST_SIZE:
        this.maxHeaderListBytes = value;
        break;
      case Setting.ENABLE_PUSH:
        // A server may only say that it is off (section 6.5.2).
        if (value !== 0) throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "pushes");
        break;
      default:
    }
  }
}

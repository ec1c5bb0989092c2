import { ConnectionError } from "./connection-error.ts";
import { checkFrameHeader } from "./frame-checks.ts";
import {
  DEFAULT_MAX_FRAME_BYTES,
  ErrorCode,
  Flag,
  FRAME_HEADER_BYTES,
  FrameType,
} from "./protocol.ts";

/** Takes frames. Bytes that are handed over lie in a buffer that is used again afterwards. */
export interface FrameHandler {
  /** DATA of `length` bytes begins. */
  onDataStart(streamId: number, flags: number, length: number): void;
  /** A part of the DATA that began; it may come in pieces as the socket gives them. */
  onData(bytes: Buffer, start: number, end: number): void;
  onDataEnd(): void;
  /** Any other frame, whole, and DATA with padding. */
  onFrame(
    type: number,
    flags: number,
    streamId: number,
    bytes: Buffer,
    start: number,
    end: number,
  ): void;
}

/**
 * Cuts what the socket reads into frames. DATA goes on as it comes; other frames are kept until they are
 * whole, at most one of {@link DEFAULT_MAX_FRAME_BYTES}.
 */
export class FrameReader {
  private readonly handler: FrameHandler;
  /** The begin of a frame that is not whole yet. */
  private carry: Buffer | undefined;
  private carried = 0;
  /** Bytes of the present DATA that have yet to come. */
  private dataLeft = 0;
  private inHeaderBlock = false;
  private sawSettings = false;
  private stopped = false;

  constructor(handler: FrameHandler) {
    this.handler = handler;
  }

  /** Nothing more is handed over. */
  stop(): void {
    this.stopped = true;
  }

  /** Takes the first `length` bytes. Throws a {@link ConnectionError} for frames that break the protocol. */
  feed(bytes: Buffer, length: number): void {
    let at = 0;
    while (at < length && !this.stopped) {
      if (this.dataLeft > 0) {
        at = this.passData(bytes, at, length);
      } else if (this.carried > 0 || length - at < FRAME_HEADER_BYTES) {
        at = this.fillCarry(bytes, at, length);
      } else {
        const size = sizeOf(bytes, at);
        if (this.beginFrame(bytes, at, size)) {
          at += FRAME_HEADER_BYTES;
        } else if (length - at < FRAME_HEADER_BYTES + size) {
          at = this.fillCarry(bytes, at, length);
        } else {
          this.endFrame(bytes, at, size);
          at += FRAME_HEADER_BYTES + size;
        }
      }
    }
  }

  private passData(bytes: Buffer, at: number, length: number): number {
    const end = Math.min(length, at + this.dataLeft);
    this.dataLeft -= end - at;
    this.handler.onData(bytes, at, end);
    if (this.dataLeft === 0) this.handler.onDataEnd();
    return end;
  }

  /** Checks the frame whose header stands at `at`; true where it is DATA, which is handed on in pieces. */
  private beginFrame(bytes: Buffer, at: number, size: number): boolean {
    const type = bytes[at + 3] as number;
    const flags = bytes[at + 4] as number;
    const streamId = idOf(bytes, at + 5);
    checkFrameHeader(size, type, flags, streamId);
    if (this.inHeaderBlock !== (type === FrameType.CONTINUATION)) {
      throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, `frame ${type} out of its order`);
    }
    if (!this.sawSettings) {
      if (type !== FrameType.SETTINGS || (flags & Flag.ACK) !== 0) {
        throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "no SETTINGS at first");
      }
      this.sawSettings = true;
    }
    if (type !== FrameType.DATA || (flags & Flag.PADDED) !== 0) return false;
    this.handler.onDataStart(streamId, flags, size);
    this.dataLeft = size;
    if (size === 0) this.handler.onDataEnd();
    return true;
  }

  private endFrame(bytes: Buffer, at: number, size: number): void {
    const type = bytes[at + 3] as number;
    const flags = bytes[at + 4] as number;
    if (type === FrameType.HEADERS || type === FrameType.CONTINUATION) {
      this.inHeaderBlock = (flags & Flag.END_HEADERS) === 0;
    }
    const start = at + FRAME_HEADER_BYTES;
    this.handler.onFrame(type, flags, idOf(bytes, at + 5), bytes, start, start + size);
  }

  /** Takes what is missing of a frame that came in pieces, and hands it on once it is whole. */
  private fillCarry(bytes: Buffer, from: number, length: number): number {
    this.carry ??= Buffer.allocUnsafeSlow(FRAME_HEADER_BYTES + DEFAULT_MAX_FRAME_BYTES);
    const { carry } = this;
    let at = from;
    if (this.carried < FRAME_HEADER_BYTES) {
      at = this.take(bytes, at, length, FRAME_HEADER_BYTES);
      if (this.carried < FRAME_HEADER_BYTES) return at;
      if (this.beginFrame(carry, 0, sizeOf(carry, 0))) {
        this.carried = 0;
        return at;
      }
    }
    const size = sizeOf(carry, 0);
    at = this.take(bytes, at, length, FRAME_HEADER_BYTES + size);
    if (this.carried === FRAME_HEADER_BYTES + size) {
      this.carried = 0;
      this.endFrame(carry, 0, size);
    }
    return at;
  }

  private take(bytes: Buffer, at: number, length: number, until: number): number {
    const end = Math.min(length, at + until - this.carried);
    bytes.copy(this.carry as Buffer, this.carried, at, end);
    this.carried += end - at;
    return end;
  }
}

function sizeOf(bytes: Buffer, at: number): number {
  return (
    ((bytes[at] as number) << 16) | ((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number)
  );
}

/** The 31 bits of a stream id, or of a window's increment. */
export function idOf(bytes: Buffer, at: number): number {
  return (
    (((bytes[at] as number) & 0x7f) << 24) |
    ((bytes[at + 1] as number) << 16) |
    ((bytes[at + 2] as number) << 8) |
    (bytes[at + 3] as number)
  );
}

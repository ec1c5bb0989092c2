import type { Socket } from "node:net";
import { FRAME_HEADER_BYTES, FrameType } from "./protocol.ts";

const chunkBytes = 65_536;

/**
 * The bytes that go to the socket next: frames are written straight into one buffer, which leaves in one
 * write. The buffer is used again once the system has taken its bytes.
 */
export class FrameWriter {
  /** Where {@link reserve} gave room. */
  bytes: Buffer = empty;
  private start = 0;
  private end = 0;
  /** Buffers that were full before the present one. */
  private full: Buffer[] = [];
  private fullBytes = 0;

  /** Bytes that wait for {@link flush}. */
  get size(): number {
    return this.fullBytes + this.end - this.start;
  }

  /** Room for `size` bytes in one piece, from the returned offset of {@link bytes}. */
  reserve(size: number): number {
    if (this.end + size > this.bytes.length) this.turn(size);
    const at = this.end;
    this.end += size;
    return at;
  }

  /** Gives back what of the last {@link reserve} was not needed, from `end` on. */
  trim(end: number): void {
    this.end = end;
  }

  /** A frame with room for its payload; returns where the payload begins. */
  frame(length: number, type: number, flags: number, streamId: number): number {
    const at = this.reserve(FRAME_HEADER_BYTES + length);
    writeFrameHeader(this.bytes, at, length, type, flags, streamId);
    return at + FRAME_HEADER_BYTES;
  }

  /** A frame of four bytes: RST_STREAM, WINDOW_UPDATE. */
  shortFrame(type: number, streamId: number, value: number): void {
    const at = this.frame(4, type, 0, streamId);
    writeUint32(this.bytes, at, value);
  }

  /** PING with eight zeros. */
  ping(): void {
    const at = this.frame(8, FrameType.PING, 0, 0);
    this.bytes.fill(0, at, at + 8);
  }

  /** GOAWAY of a client, whose peer opens no streams. */
  goaway(errorCode: number): void {
    const at = this.frame(8, FrameType.GOAWAY, 0, 0);
    writeUint32(this.bytes, at, 0);
    writeUint32(this.bytes, at + 4, errorCode);
  }

  /** Hands everything to the socket. */
  flush(socket: Socket): void {
    const last = this.bytes.subarray(this.start, this.end);
    if (this.full.length === 0) {
      if (last.length > 0) socket.write(last);
    } else {
      socket.cork();
      for (const bytes of this.full) socket.write(bytes);
      if (last.length > 0) socket.write(last);
      socket.uncork();
      this.full = [];
      this.fullBytes = 0;
    }
    // Zero once the system has taken all; before, the bytes must stay as they are.
    this.start = socket.writableLength === 0 ? 0 : this.end;
    this.end = this.start;
  }

  /** Drops what waits. */
  clear(): void {
    this.bytes = empty;
    this.full = [];
    this.fullBytes = this.start = this.end = 0;
  }

  private turn(size: number): void {
    if (this.end > this.start) {
      const bytes = this.bytes.subarray(this.start, this.end);
      this.full.push(bytes);
      this.fullBytes += bytes.length;
    }
    this.bytes = Buffer.allocUnsafeSlow(Math.max(chunkBytes, size));
    this.start = this.end = 0;
  }
}

const empty: Buffer = Buffer.alloc(0);

/** Writes the nine bytes before a payload. */
export function writeFrameHeader(
  bytes: Buffer,
  at: number,
  length: number,
  type: number,
  flags: number,
  streamId: number,
): void {
  bytes[at] = length >>> 16;
  bytes[at + 1] = (length >>> 8) & 0xff;
  bytes[at + 2] = length & 0xff;
  bytes[at + 3] = type;
  bytes[at + 4] = flags;
  writeUint32(bytes, at + 5, streamId);
}

function writeUint32(bytes: Buffer, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = (value >>> 16) & 0xff;
  bytes[at + 2] = (value >>> 8) & 0xff;
  bytes[at + 3] = value & 0xff;
}

import { MESSAGE_PREFIX_BYTES } from "./send-queue.ts";

// Room for a whole message at once up to this size; larger ones get room as their bytes come.
const trustedBytes = 128 * 1024;

/** One response message that comes in pieces. */
export class PartialMessage {
  /** The compressed flag, once the prefix is complete. */
  flag = 0;
  /** Bytes that came, prefix included. */
  received = 0;
  private size = 0;
  private payload: Buffer = none;

  /** The prefix tells how large the message will be. */
  get hasSize(): boolean {
    return this.received >= MESSAGE_PREFIX_BYTES;
  }

  get messageBytes(): number {
    return this.size;
  }

  get isWhole(): boolean {
    return this.hasSize && this.received === MESSAGE_PREFIX_BYTES + this.size;
  }

  /** The message, once it is whole. */
  get bytes(): Buffer {
    return this.payload;
  }

  /** Takes up to the rest of the prefix, then up to the rest of the message; returns where it stopped. */
  take(bytes: Buffer, start: number, end: number): number {
    if (!this.hasSize) return this.takePrefix(bytes, start, end);
    const filled = this.received - MESSAGE_PREFIX_BYTES;
    const until = Math.min(end, start + this.size - filled);
    this.makeRoom(filled + until - start, filled);
    bytes.copy(this.payload, filled, start, until);
    this.received += until - start;
    return until;
  }

  private takePrefix(bytes: Buffer, start: number, end: number): number {
    let at = start;
    while (at < end && this.received < MESSAGE_PREFIX_BYTES) {
      const byte = bytes[at] as number;
      if (this.received === 0) this.flag = byte;
      else this.size = this.size * 256 + byte;
      this.received += 1;
      at += 1;
    }
    return at;
  }

  private makeRoom(needed: number, filled: number): void {
    if (needed <= this.payload.length) return;
    const room = Math.min(this.size, Math.max(trustedBytes, needed, 2 * this.payload.length));
    const larger = Buffer.allocUnsafeSlow(room);
    this.payload.copy(larger, 0, 0, filled);
    this.payload = larger;
  }
}

const none: Buffer = Buffer.alloc(0);

/** A message on its way out. */
export interface OutgoingMessage {
  readonly bytes: Uint8Array;
  onAccepted: (() => void) | undefined;
  next: OutgoingMessage | undefined;
}

/** gRPC's own header of a message: a flag and the length (PROTOCOL-HTTP2.md). */
export const MESSAGE_PREFIX_BYTES = 5;

// How much is kept for another attempt, which begins from the start.
const maxKeptBytes = 1024 * 1024;

/**
 * The request messages of a call. Until the peer has answered, those that were sent are kept, so that the call can
 * move to another connection.
 */
export class SendQueue {
  /** The message that is being sent. */
  current: OutgoingMessage | undefined;
  /** Bytes of it that were sent, prefix included. */
  sent = 0;
  /** Bytes that wait, prefixes left out. */
  waiting = 0;
  /** No more messages will come. */
  isEnded = false;
  /** END_STREAM was sent. */
  sentEnd = false;
  private first: OutgoingMessage | undefined;
  private last: OutgoingMessage | undefined;
  private keptBytes = 0;
  private isCommitted = false;

  push(bytes: Uint8Array, onAccepted: (() => void) | undefined): void {
    const message: OutgoingMessage = { bytes, onAccepted, next: undefined };
    if (this.last === undefined) this.first = message;
    else this.last.next = message;
    this.last = message;
    this.current ??= message;
    this.waiting += bytes.length;
  }

  /** `count` more bytes of the present message were sent; returns it once it is complete. */
  advance(count: number): OutgoingMessage | undefined {
    const message = this.current as OutgoingMessage;
    this.sent += count;
    if (this.sent < message.bytes.length + MESSAGE_PREFIX_BYTES) return undefined;
    this.sent = 0;
    this.current = message.next;
    this.waiting -= message.bytes.length;
    if (this.isCommitted) this.dropSent();
    else {
      // Many small ones hold memory too.
      this.keptBytes += message.bytes.length + 64;
      if (this.keptBytes > maxKeptBytes) this.commit();
    }
    return message;
  }

  /** The call stays where it is: what was sent is let go. */
  commit(): void {
    if (this.isCommitted) return;
    this.isCommitted = true;
    this.dropSent();
  }

  /** Begins again for another attempt; false where messages were let go. */
  rewind(): boolean {
    if (this.isCommitted) return false;
    this.current = this.first;
    this.sent = 0;
    this.sentEnd = false;
    this.waiting = this.keptBytes = 0;
    for (let message = this.first; message !== undefined; message = message.next) {
      this.waiting += message.bytes.length;
    }
    return true;
  }

  /** The call is over. */
  clear(): void {
    this.isCommitted = true;
    this.isEnded = true;
    this.first = this.last = this.current = undefined;
    this.waiting = 0;
  }

  private dropSent(): void {
    this.first = this.current;
    if (this.first === undefined) this.last = undefined;
  }
}

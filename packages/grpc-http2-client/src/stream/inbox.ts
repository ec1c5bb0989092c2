import { gunzip } from "node:zlib";
import { MESSAGE_PREFIX_BYTES } from "./send-queue.ts";

interface Waiting {
  readonly bytes: Buffer;
  readonly isCompressed: boolean;
}

/** What an {@link Inbox} tells its call. */
export interface InboxOwner {
  /** Whether another message is asked for. */
  readonly wantsMessage: boolean;
  deliver(bytes: Buffer): void;
  /** A message did not decompress, or to more than the limit. */
  onUndecodable(isTooLarge: boolean): void;
  /** No message waits any more. */
  onEmpty(): void;
}

/** Response messages that came before they were asked for, and compressed ones on their way to be read. */
export class Inbox {
  /** Bytes that wait, prefixes included: empty messages take room as well. */
  bytes = 0;
  private readonly owner: InboxOwner;
  private readonly maxMessageBytes: number;
  private waiting: Waiting[] = [];
  private isInflating = false;
  private isClosed = false;

  constructor(owner: InboxOwner, maxMessageBytes: number) {
    this.owner = owner;
    this.maxMessageBytes = maxMessageBytes;
  }

  get isEmpty(): boolean {
    return this.waiting.length === 0 && !this.isInflating;
  }

  push(bytes: Buffer, isCompressed: boolean): void {
    this.waiting.push({ bytes, isCompressed });
    this.bytes += MESSAGE_PREFIX_BYTES + bytes.length;
  }

  /** Hands on what was asked for, in order; one compressed message at a time is inflated, and only when it is wanted. */
  pump(): void {
    while (!this.isClosed && !this.isInflating && this.owner.wantsMessage) {
      const message = this.waiting.shift();
      if (message === undefined) break;
      this.bytes -= MESSAGE_PREFIX_BYTES + message.bytes.length;
      if (message.isCompressed) this.inflate(message.bytes);
      else this.owner.deliver(message.bytes);
    }
    if (!this.isClosed && this.isEmpty) this.owner.onEmpty();
  }

  close(): void {
    this.isClosed = true;
    this.waiting = [];
    this.bytes = 0;
  }

  private inflate(bytes: Buffer): void {
    this.isInflating = true;
    const { maxMessageBytes } = this;
    // zlib takes no 0 for a limit.
    const maxOutputLength = maxMessageBytes < 0 ? undefined : Math.max(1, maxMessageBytes);
    gunzip(bytes, maxOutputLength === undefined ? {} : { maxOutputLength }, (error, message) => {
      this.isInflating = false;
      if (this.isClosed) return;
      if (error) {
        this.owner.onUndecodable((error as { code?: string }).code === "ERR_BUFFER_TOO_LARGE");
        return;
      }
      this.owner.deliver(message);
      this.pump();
    });
  }
}

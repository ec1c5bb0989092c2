import type { Status } from "grpc-transcoding";
import {
  exceeds,
  malformedAnswer,
  responseTooLarge,
  secondResponse,
} from "grpc-transcoding/internal";
import { Inbox, type InboxOwner } from "./inbox.ts";
import { PartialMessage } from "./partial-message.ts";
import { MESSAGE_PREFIX_BYTES } from "./send-queue.ts";

/** What the messages of a response tell their call. */
export interface MessagesOwner {
  /** Nothing of the peer counts any more. */
  readonly isOver: boolean;
  /** The end was reported: nothing is handed on. */
  readonly isEnded: boolean;
  /** One that was asked for. */
  onMessage(bytes: Buffer): void;
  /** The peer broke the rules of gRPC. */
  onFault(status: Status): void;
  /** A message that waited does not decompress, though the response may have ended. */
  onUndecodable(status: Status): void;
  /** None waits any more. */
  onAllRead(): void;
}

/** The messages of a response: cut out of DATA, judged before there is room for them, handed on as they are asked for. */
export class ResponseMessages implements InboxOwner {
  /** How many have come. */
  count = 0;
  /** `grpc-encoding` of the response. */
  encoding: string | undefined;
  private readonly owner: MessagesOwner;
  private readonly maxBytes: number;
  private readonly isStream: boolean;
  private partial: PartialMessage | undefined;
  private inbox: Inbox | undefined;
  private wanted = 0;
  /** Bytes that came and were not granted anew. */
  private ungranted = 0;

  constructor(owner: MessagesOwner, maxBytes: number, isStream: boolean) {
    this.owner = owner;
    this.maxBytes = maxBytes;
    this.isStream = isStream;
  }

  get isEmpty(): boolean {
    return this.inbox === undefined || this.inbox.isEmpty;
  }

  /** One has begun that is not whole. */
  get hasPartial(): boolean {
    return this.partial !== undefined;
  }

  get wantsMessage(): boolean {
    return this.wanted > 0 && !this.owner.isEnded;
  }

  /** One more is asked for. */
  ask(): void {
    this.wanted += 1;
    this.inbox?.pump();
  }

  take(bytes: Buffer, from: number, end: number): void {
    this.ungranted += end - from;
    let at = from;
    while (at < end && !this.owner.isOver) {
      if (this.count > 0 && !this.isStream) {
        this.owner.onFault(secondResponse);
        return;
      }
      at = this.takeOne(bytes, at, end);
    }
  }

  /** Bytes of the window that carried nothing. */
  addPadding(bytes: number): void {
    this.ungranted += bytes;
  }

  /** How much of the window the receiver has taken, once it is `worthwhile`; 0 before. Counts as granted. */
  takeGrant(worthwhile: number): number {
    if (this.ungranted < worthwhile) return 0;
    const partialBytes = this.wanted > 0 ? 0 : (this.partial?.received ?? 0);
    const free = this.ungranted - partialBytes - (this.inbox?.bytes ?? 0);
    if (free < worthwhile) return 0;
    this.ungranted -= free;
    return free;
  }

  /** The response has ended: what is not whole never will be. */
  dropPartial(): void {
    this.partial = undefined;
  }

  /** Another attempt begins. */
  reset(): void {
    this.ungranted = 0;
  }

  close(): void {
    this.inbox?.close();
    this.partial = undefined;
  }

  // What the inbox tells.

  deliver(bytes: Buffer): void {
    this.wanted -= 1;
    this.owner.onMessage(bytes);
  }

  onUndecodable(isTooLarge: boolean): void {
    this.inbox?.close();
    this.owner.onUndecodable(isTooLarge ? responseTooLarge : malformedAnswer);
  }

  onEmpty(): void {
    this.owner.onAllRead();
  }

  private takeOne(bytes: Buffer, at: number, end: number): number {
    let { partial } = this;
    if (partial === undefined) {
      const whole = this.takeWhole(bytes, at, end);
      if (whole > 0) return whole;
      partial = this.partial = new PartialMessage();
    }
    const hadSize = partial.hasSize;
    const next = partial.take(bytes, at, end);
    if (!hadSize && partial.hasSize && !this.admits(partial.flag, partial.messageBytes)) return end;
    if (partial.isWhole) {
      this.partial = undefined;
      this.accept(partial.flag, partial.bytes);
    }
    return next;
  }

  /** The usual case: a message that lies whole in what was read. Returns its end, 0 where it is none. */
  private takeWhole(bytes: Buffer, at: number, end: number): number {
    const start = at + MESSAGE_PREFIX_BYTES;
    if (start > end) return 0;
    const size = bytes.readUInt32BE(at + 1);
    if (size > end - start) return 0;
    const flag = bytes[at] as number;
    if (!this.admits(flag, size)) return end;
    const message = Buffer.allocUnsafe(size);
    bytes.copy(message, 0, start, start + size);
    this.accept(flag, message);
    return start + size;
  }

  /** Judges a message by its prefix, before there is room for it. */
  private admits(flag: number, size: number): boolean {
    const isKnown = flag === 0 || (flag === 1 && this.encoding === "gzip");
    if (isKnown && !exceeds(size, this.maxBytes)) return true;
    this.owner.onFault(isKnown ? responseTooLarge : malformedAnswer);
    return false;
  }

  private accept(flag: number, message: Buffer): void {
    this.count += 1;
    if (flag === 0 && this.wanted > 0 && this.isEmpty) {
      this.deliver(message);
      return;
    }
    this.inbox ??= new Inbox(this, this.maxBytes);
    this.inbox.push(message, flag === 1);
    this.inbox.pump();
  }
}

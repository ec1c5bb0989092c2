import {
  type CallHandle,
  type CallOrigin,
  type CallReceiver,
  Code,
  deadlineExceeded,
  type MetadataEntries,
  type Status,
  type TransportCall,
} from "grpc-transcoding";
import {
  codeOfAnswer,
  exceeds,
  isGrpcContentType,
  malformedAnswer,
  missingResponse,
  notGrpc,
  type ResolvedLimits,
  requestTooLarge,
  responseTooLarge,
  secondResponse,
  withoutStatus,
} from "grpc-transcoding/internal";
import type { ResponseHead } from "../call/response-head.ts";
import type { Expiring } from "../deadline/deadline-wheel.ts";
import { ErrorCode } from "../frame/protocol.ts";
import type { HeaderList } from "../hpack/header-list.ts";
import { Inbox, type InboxOwner } from "./inbox.ts";
import { PartialMessage } from "./partial-message.ts";
import { MESSAGE_PREFIX_BYTES, SendQueue } from "./send-queue.ts";

/** What a call asks of the connection that it is on, or that it waits for. */
export interface StreamHost {
  /** The call has something to send. */
  touch(stream: CallStream): void;
  /** The call is over before the peer ended it: RST_STREAM, where the peer knows of it. */
  abandon(stream: CallStream, errorCode: number): void;
  /** The peer has ended the call. */
  complete(stream: CallStream): void;
  /** The receiver took this much: the peer may send as much again. */
  grant(stream: CallStream, bytes: number): void;
}

/** What calls share of their transport. */
export interface CallOwner {
  readonly limits: ResolvedLimits;
  /** The call has ended. */
  onEnd(stream: CallStream): void;
  /** Why it ended without a status of the service, in words for the operator. */
  onUnavailable(reason: string, call: TransportCall): void;
}

/** Up to here messages count as accepted before they are on the wire. */
const acceptedBytes = 65_536;

/** The window that each call grants its peer; what a receiver does not read is held up to it. */
export const STREAM_WINDOW_BYTES: number = 256 * 1024;

/** One call: its request until it is sent, its response until it is read. One object, so that a call costs little. */
export class CallStream implements CallHandle, Expiring, InboxOwner {
  // Of the connection that it is on.
  id = 0;
  host: StreamHost | undefined;
  sendWindow = 0;
  isQueued = false;
  /** What the peer may still send. */
  receiveWindow: number = STREAM_WINDOW_BYTES;
  /** How often it moved on, since a peer did not take it. */
  moves = 0;
  /** The peer has answered, or ended the call. */
  isAnswered = false;

  // Of the deadline wheel.
  readonly expiresAt: number;
  previous: Expiring | undefined;
  next: Expiring | undefined;
  slot = -1;

  readonly call: TransportCall;
  /** Its metadata as header fields. */
  readonly fields: HeaderList;
  readonly request: SendQueue = new SendQueue();
  private readonly receiver: CallReceiver;
  private readonly owner: CallOwner;

  private partial: PartialMessage | undefined;
  private inbox: Inbox | undefined;
  private encoding: string | undefined;
  private httpStatus = 0;
  private messages = 0;
  private wanted = 0;
  /** Bytes of the window that were granted anew. */
  private received = 0;
  /** The end that was decided, which waits for messages to be read. */
  private end: Status | undefined;
  private trailers: MetadataEntries = none;
  private origin: CallOrigin = "service";
  /** END_STREAM has come. */
  private peerEnded = false;
  private isEnded = false;

  constructor(call: TransportCall, receiver: CallReceiver, fields: HeaderList, owner: CallOwner) {
    this.call = call;
    this.receiver = receiver;
    this.fields = fields;
    this.owner = owner;
    this.expiresAt = call.deadline.at;
  }

  // What the caller asks.

  send(bytes: Uint8Array, onAccepted?: () => void): void {
    if (this.isOver || this.request.isEnded) return;
    const { maxRequestBytes } = this.owner.limits;
    if (exceeds(bytes.length, maxRequestBytes)) {
      this.giveUp(requestTooLarge(maxRequestBytes), "transport");
      return;
    }
    const waits = onAccepted !== undefined && this.request.waiting >= acceptedBytes;
    this.request.push(bytes, waits ? onAccepted : undefined);
    if (onAccepted !== undefined && !waits) process.nextTick(onAccepted);
    this.host?.touch(this);
  }

  halfClose(): void {
    if (this.isOver || this.request.isEnded) return;
    this.request.isEnded = true;
    this.host?.touch(this);
  }

  read(): void {
    if (this.isEnded) return;
    this.wanted += 1;
    this.inbox?.pump();
    this.settle();
  }

  cancel(status: Status): void {
    if (this.isEnded) return;
    this.isEnded = true;
    this.leave(ErrorCode.CANCEL);
    this.inbox?.close();
    process.nextTick(() => this.report(status, none, "transport"));
  }

  onDeadline(): void {
    this.giveUp(deadlineExceeded(this.call.deadline), "transport");
  }

  // What the connection tells.

  /** Response headers; `isLast` where the answer is these alone. */
  onHead(head: ResponseHead, isLast: boolean): void {
    if (this.isOver) return;
    this.peerEnded = isLast;
    if (head.isMalformed) {
      this.breakOff(malformedAnswer);
      return;
    }
    if (this.isAnswered) {
      if (!isLast || head.httpStatus !== 0) {
        this.breakOff(malformedAnswer);
        return;
      }
      this.onTrailers(head, head.metadata);
      return;
    }
    const { httpStatus, contentType } = head;
    if (httpStatus === 0) {
      this.breakOff(malformedAnswer);
      return;
    }
    if (httpStatus < 200) {
      // Informational; the answer is still to come.
      if (isLast) this.breakOff(malformedAnswer);
      return;
    }
    this.isAnswered = true;
    this.httpStatus = httpStatus;
    this.request.commit();
    if (contentType === undefined ? httpStatus !== 200 : !isGrpcContentType(contentType)) {
      this.breakOff(notGrpc(httpStatus, contentType));
      return;
    }
    if (isLast) {
      this.onTrailers(head, head.metadata);
      return;
    }
    this.encoding = head.encoding;
    this.receiver.onHeaders(head.metadata);
  }

  /** Part of the response's messages. */
  onData(bytes: Buffer, from: number, end: number): void {
    if (this.isOver) return;
    if (!this.isAnswered) {
      this.breakOff(malformedAnswer);
      return;
    }
    this.received += end - from;
    let at = from;
    while (at < end && !this.isOver) {
      if (this.messages > 0 && !this.call.method.serverStreaming) {
        this.breakOff(secondResponse);
        return;
      }
      at = this.takeMessage(bytes, at, end);
    }
  }

  /** Bytes of the window that carried nothing. */
  onPadding(bytes: number): void {
    this.received += bytes;
  }

  /** The response ended behind its messages, without trailers. */
  onBareEnd(): void {
    this.peerEnded = true;
    if (!this.isOver) this.breakOff(withoutStatus(Code.INTERNAL));
  }

  /** What of the window is free again is granted, once it is worth a frame. */
  settle(): void {
    if (this.isOver || this.received < STREAM_WINDOW_BYTES / 2) return;
    const partialBytes = this.wanted > 0 ? 0 : (this.partial?.received ?? 0);
    const free = this.received - partialBytes - (this.inbox?.bytes ?? 0);
    if (free < STREAM_WINDOW_BYTES / 2) return;
    this.received -= free;
    this.receiveWindow += free;
    this.host?.grant(this, free);
  }

  /** Ends the call from outside at once; what was not read is dropped. */
  giveUp(status: Status, origin: CallOrigin, errorCode: number = ErrorCode.CANCEL): void {
    if (this.isEnded) return;
    this.isEnded = true;
    this.leave(errorCode);
    this.inbox?.close();
    this.report(status, none, origin);
  }

  /** Ends a call that no peer has; `reason` is for the operator. */
  refuse(status: Status, reason: string): void {
    if (this.isOver) return;
    this.owner.onUnavailable(reason, this.call);
    this.giveUp(status, "transport");
  }

  /** Ends the call since the peer broke the rules; messages that came before are read first. */
  breakOff(
    status: Status,
    origin: CallOrigin = "upstream",
    errorCode: number = ErrorCode.CANCEL,
  ): void {
    if (this.isOver) return;
    this.owner.onUnavailable(status.message, this.call);
    this.leave(errorCode);
    this.endWith(status, none, origin);
  }

  /** The peer, or the connection, has ended the stream. */
  onReset(status: Status, origin: CallOrigin, reason: string): void {
    if (this.isOver) return;
    this.owner.onUnavailable(reason, this.call);
    this.host = undefined;
    this.request.clear();
    this.endWith(status, none, origin);
  }

  /** Makes the call ready for another connection; false where it cannot move. */
  rewind(): boolean {
    if (this.isOver || this.isAnswered || !this.request.rewind()) return false;
    this.id = 0;
    this.host = undefined;
    this.isQueued = false;
    this.received = 0;
    this.receiveWindow = STREAM_WINDOW_BYTES;
    return true;
  }

  /** Whether nothing of the peer counts any more. */
  get isOver(): boolean {
    return this.isEnded || this.end !== undefined;
  }

  // What the inbox tells and asks.

  get wantsMessage(): boolean {
    return this.wanted > 0 && !this.isEnded;
  }

  deliver(bytes: Buffer): void {
    this.wanted -= 1;
    this.receiver.onMessage(bytes);
  }

  onUndecodable(isTooLarge: boolean): void {
    this.inbox?.close();
    const status = isTooLarge ? responseTooLarge : malformedAnswer;
    if (this.end === undefined) this.breakOff(status);
    else this.finish(status, none, "upstream");
  }

  onEmpty(): void {
    if (this.end !== undefined) this.finish(this.end, this.trailers, this.origin);
  }

  private takeMessage(bytes: Buffer, at: number, end: number): number {
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
    if (flag > 1 || (flag === 1 && this.encoding !== "gzip")) {
      this.breakOff(malformedAnswer);
      return false;
    }
    if (exceeds(size, this.owner.limits.maxResponseBytes)) {
      this.breakOff(responseTooLarge);
      return false;
    }
    return true;
  }

  private accept(flag: number, message: Buffer): void {
    this.messages += 1;
    if (flag === 0 && this.wanted > 0 && (this.inbox === undefined || this.inbox.isEmpty)) {
      this.deliver(message);
      return;
    }
    this.inbox ??= new Inbox(this, this.owner.limits.maxResponseBytes);
    this.inbox.push(message, flag === 1);
    this.inbox.pump();
  }

  private onTrailers(head: ResponseHead, trailers: MetadataEntries): void {
    const { status } = head;
    if (status === undefined) {
      this.breakOff(withoutStatus(codeOfAnswer(this.httpStatus)));
      return;
    }
    if (status === "malformed") {
      this.breakOff(malformedAnswer);
      return;
    }
    if (status.code === Code.OK) {
      if (this.messages === 0 && !this.call.method.serverStreaming) {
        this.breakOff(missingResponse);
        return;
      }
      if (this.partial !== undefined) {
        this.breakOff(malformedAnswer);
        return;
      }
    }
    this.leave(ErrorCode.NO_ERROR);
    const { deadline } = this.call;
    if (status.code === Code.DEADLINE_EXCEEDED && deadline.at <= Date.now()) {
      // The service watches the same deadline, and was the first to see it pass.
      this.endWith(deadlineExceeded(deadline), none, "transport");
    } else this.endWith(status, trailers, "service");
  }

  private endWith(status: Status, trailers: MetadataEntries, origin: CallOrigin): void {
    if (this.inbox === undefined || this.inbox.isEmpty) {
      this.finish(status, trailers, origin);
      return;
    }
    this.end = status;
    this.trailers = trailers;
    this.origin = origin;
  }

  private finish(status: Status, trailers: MetadataEntries, origin: CallOrigin): void {
    if (this.isEnded) return;
    this.isEnded = true;
    this.inbox?.close();
    this.report(status, trailers, origin);
  }

  /** Lets go of the connection, telling the peer where it still works on the call. */
  private leave(errorCode: number): void {
    const { host } = this;
    this.host = undefined;
    if (this.peerEnded) host?.complete(this);
    else host?.abandon(this, errorCode);
    this.request.clear();
    this.partial = undefined;
  }

  private report(status: Status, trailers: MetadataEntries, origin: CallOrigin): void {
    this.owner.onEnd(this);
    this.receiver.onStatus(status, trailers, origin);
  }
}

const none: MetadataEntries = [];

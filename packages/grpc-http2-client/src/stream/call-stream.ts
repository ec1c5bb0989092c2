// A little longer than most files: one object and one state machine, so that a call costs one allocation.
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
  requestTooLarge,
  withoutStatus,
} from "grpc-transcoding/internal";
import type { ResponseHead } from "../call/response-head.ts";
import type { Expiring } from "../deadline/deadline-wheel.ts";
import { ErrorCode } from "../frame/protocol.ts";
import type { HeaderList } from "../hpack/header-list.ts";
import { type MessagesOwner, ResponseMessages } from "./response-messages.ts";
import { SendQueue } from "./send-queue.ts";
import type { CallOwner, StreamHost } from "./stream-host.ts";

/** Up to here messages count as accepted before they are on the wire. */
const acceptedBytes = 65_536;

/** The window that each call grants its peer; what a receiver does not read is held up to it. */
export const STREAM_WINDOW_BYTES: number = 256 * 1024;

/** One call: its request until it is sent, its response until it is read. One object, so that a call costs little. */
export class CallStream implements CallHandle, Expiring, MessagesOwner {
  // Of the connection that it is on.
  id = 0;
  host: StreamHost<CallStream> | undefined;
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
  private readonly owner: CallOwner<CallStream>;

  private readonly messages: ResponseMessages;
  private httpStatus = 0;
  /** The end that was decided, which waits for messages to be read. */
  private end: Status | undefined;
  private trailers: MetadataEntries = none;
  private origin: CallOrigin = "service";
  /** END_STREAM has come. */
  private peerEnded = false;
  isEnded = false;

  constructor(
    call: TransportCall,
    receiver: CallReceiver,
    fields: HeaderList,
    owner: CallOwner<CallStream>,
  ) {
    this.call = call;
    this.receiver = receiver;
    this.fields = fields;
    this.owner = owner;
    this.expiresAt = call.deadline.at;
    const { maxResponseBytes } = owner.limits;
    this.messages = new ResponseMessages(this, maxResponseBytes, call.method.serverStreaming);
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
    this.messages.ask();
    this.settle();
  }

  cancel(status: Status): void {
    if (this.isEnded) return;
    this.isEnded = true;
    this.leave(ErrorCode.CANCEL);
    this.messages.close();
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
    this.messages.encoding = head.encoding;
    this.receiver.onHeaders(head.metadata);
  }

  /** Part of the response's messages. */
  onData(bytes: Buffer, from: number, end: number): void {
    if (this.isOver) return;
    if (!this.isAnswered) {
      this.breakOff(malformedAnswer);
      return;
    }
    this.messages.take(bytes, from, end);
  }

  /** Bytes of the window that carried nothing. */
  onPadding(bytes: number): void {
    this.messages.addPadding(bytes);
  }

  /** The response ended behind its messages, without trailers. */
  onBareEnd(): void {
    this.peerEnded = true;
    if (!this.isOver) this.breakOff(withoutStatus(Code.INTERNAL));
  }

  /** What of the window is free again is granted, once it is worth a frame. */
  settle(): void {
    if (this.isOver) return;
    const bytes = this.messages.takeGrant(STREAM_WINDOW_BYTES / 2);
    if (bytes === 0) return;
    this.receiveWindow += bytes;
    this.host?.grant(this, bytes);
  }

  /** Ends the call from outside at once; what was not read is dropped. */
  giveUp(status: Status, origin: CallOrigin, errorCode: number = ErrorCode.CANCEL): void {
    if (this.isEnded) return;
    this.isEnded = true;
    this.leave(errorCode);
    this.messages.close();
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
    this.messages.reset();
    this.receiveWindow = STREAM_WINDOW_BYTES;
    return true;
  }

  /** Whether nothing of the peer counts any more. */
  get isOver(): boolean {
    return this.isEnded || this.end !== undefined;
  }

  // What its messages tell.

  onMessage(bytes: Buffer): void {
    this.receiver.onMessage(bytes);
  }

  onFault(status: Status): void {
    this.breakOff(status);
  }

  onUndecodable(status: Status): void {
    if (this.end === undefined) this.breakOff(status);
    else this.finish(status, none, "upstream");
  }

  onAllRead(): void {
    if (this.end !== undefined) this.finish(this.end, this.trailers, this.origin);
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
      if (this.messages.count === 0 && !this.call.method.serverStreaming) {
        this.breakOff(missingResponse);
        return;
      }
      if (this.messages.hasPartial) {
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
    if (this.messages.isEmpty) {
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
    this.messages.close();
    this.report(status, trailers, origin);
  }

  /** Lets go of the connection, telling the peer where it still works on the call. */
  private leave(errorCode: number): void {
    const { host } = this;
    this.host = undefined;
    if (this.peerEnded) host?.complete(this);
    else host?.abandon(this, errorCode);
    this.request.clear();
    this.messages.dropPartial();
  }

  private report(status: Status, trailers: MetadataEntries, origin: CallOrigin): void {
    this.owner.onEnd(this);
    // Without a number it is on no connection, or on none that its peer has looked at.
    if (this.id === 0) this.call.timing.refused = performance.now();
    this.receiver.onStatus(status, trailers, origin);
  }
}

const none: MetadataEntries = [];

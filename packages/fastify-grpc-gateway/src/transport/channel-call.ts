import {
  type CallReceiver,
  Code,
  deadlineExceeded,
  type Status,
  type TransportCall,
  toCode,
  transportStatus,
} from "grpc-transcoding";
import {
  isGrpcContentType,
  missingResponse,
  notGrpc,
  secondResponse,
} from "grpc-transcoding/internal";
import { attemptOf, type GrpcCall, neverLeft, resetWhenCancelled } from "../grpc-js/client-call.ts";
import { asBuffer } from "./as-buffer.ts";
import { armDeadline } from "./deadline-timer.ts";
import { type CallEnd, endByGrpcJs, isFromPeer } from "./grpc-js-status.ts";
import { fromWireMetadata } from "./grpc-metadata.ts";
import type { LiveCall, LiveCalls } from "./live-calls.ts";

type GrpcListener = Parameters<GrpcCall["start"]>[1];
type GrpcStatus = Parameters<GrpcListener["onReceiveStatus"]>[0];
type GrpcMetadata = Parameters<GrpcCall["start"]>[0];

/** Told why a call ended without a status of the service, in words that may name addresses. */
export type OnUnavailable = (reason: string, call: TransportCall) => void;

/** A call over a grpc-js channel. Whatever the upstream answers, the reports are those of a transport. */
export class ChannelCall implements LiveCall, GrpcListener {
  place = -1;
  private readonly inner: GrpcCall;
  private readonly call: TransportCall;
  private readonly receiver: CallReceiver;
  private readonly live: LiveCalls;
  private readonly onUnavailable: OnUnavailable | undefined;
  private answered = false;
  /** `grpc-status` of the trailers. */
  private grpcStatus: string | undefined;
  private messages = 0;
  private wanted = 0;
  private ended = false;
  private resetTimer: NodeJS.Timeout | undefined;
  /** Decided here; grpc-js has yet to report the end that was asked of it. */
  private ending: CallEnd | undefined;

  constructor(
    inner: GrpcCall,
    call: TransportCall,
    receiver: CallReceiver,
    live: LiveCalls,
    onUnavailable: OnUnavailable | undefined,
  ) {
    this.inner = inner;
    this.call = call;
    this.receiver = receiver;
    this.live = live;
    this.onUnavailable = onUnavailable;
    live.add(this);
    if (call.timing.refused !== undefined) call.timing.refused = undefined;
  }

  start(metadata: GrpcMetadata): void {
    if (this.call.method.clientStreaming) this.resetAtDeadline();
    this.inner.start(metadata, this);
  }

  send(bytes: Uint8Array, onAccepted?: () => void): void {
    if (this.ended) return;
    this.inner.sendMessageWithContext(
      onAccepted === undefined ? {} : { callback: () => onAccepted() },
      asBuffer(bytes),
    );
  }

  halfClose(): void {
    if (!this.ended) this.inner.halfClose();
  }

  read(): void {
    this.wanted += 1;
    // grpc-js takes a second startRead before the message for the same one.
    if (!this.ended && this.wanted === 1) this.inner.startRead();
  }

  cancel(status: Status): void {
    this.endWith({ status, origin: "transport" });
  }

  onReceiveMetadata(metadata: GrpcMetadata): void {
    if (this.ended || this.ending !== undefined) return;
    const attempt = attemptOf(this.inner);
    const contentType = metadata.get("content-type")[0]?.toString();
    const httpStatus = attempt?.httpStatusCode ?? 200;
    if (contentType === undefined ? httpStatus !== 200 : !isGrpcContentType(contentType)) {
      // grpc-js would take the body for frames.
      const status = notGrpc(httpStatus, contentType);
      this.onUnavailable?.(status.message, this.call);
      this.endWith({ status, origin: "upstream" });
      return;
    }
    this.answered = true;
    if (this.call.method.clientStreaming) resetWhenCancelled(this.inner);
    attempt?.http2Stream?.once("trailers", (trailers) => {
      this.grpcStatus = trailers["grpc-status"]?.toString();
    });
    this.receiver.onHeaders(fromWireMetadata(metadata));
  }

  onReceiveMessage(message: Buffer): void {
    if (this.ended || this.ending !== undefined) return;
    const { serverStreaming } = this.call.method;
    this.messages += 1;
    if (this.messages > 1 && !serverStreaming) {
      this.endWith({ status: secondResponse, origin: "upstream" });
      return;
    }
    this.wanted -= 1;
    // A second response, which must not be, only comes to light when it is read.
    if (this.wanted > 0 || !serverStreaming) this.inner.startRead();
    this.receiver.onMessage(message);
  }

  onReceiveStatus(status: GrpcStatus): void {
    if (this.ended) return;
    this.ended = true;
    if (this.resetTimer !== undefined) clearTimeout(this.resetTimer);
    this.live.delete(this);
    const end = this.ending ?? this.endOf(status);
    if (end !== undefined) {
      if (neverLeft(this.inner)) this.call.timing.refused = performance.now();
      this.receiver.onStatus(end.status, [], end.origin);
      return;
    }
    const { code, details, metadata } = status;
    this.receiver.onStatus(
      transportStatus(toCode(code), details),
      fromWireMetadata(metadata),
      "service",
    );
  }

  /** At the deadline grpc-js cancels a call by itself. */
  private resetAtDeadline(): void {
    const { deadline } = this.call;
    this.resetTimer = armDeadline(
      { ...deadline, at: deadline.at - 5 },
      { onDeadline: () => resetWhenCancelled(this.inner) },
    );
  }

  /** How the call ended, unless it did with a status of the service. */
  private endOf(status: GrpcStatus): CallEnd | undefined {
    const { deadline, method } = this.call;
    if (status.code === Code.OK) {
      if (this.messages > 0 || method.serverStreaming) return undefined;
      return { status: missingResponse, origin: "upstream" };
    }
    if (status.code === Code.DEADLINE_EXCEEDED && deadline.at <= Date.now()) {
      return { status: deadlineExceeded(deadline), origin: "transport" };
    }
    const attempt = attemptOf(this.inner);
    const answer = { attempt, headers: this.answered, grpcStatus: this.grpcStatus };
    if (isFromPeer(status, answer)) return undefined;
    const end = endByGrpcJs(status, answer, deadline);
    // An unknown encoding has no text of grpc-js' own.
    this.onUnavailable?.(status.details || end.status.message, this.call);
    return end;
  }

  /** Ends the call as was decided here; the first decision holds. */
  private endWith(end: CallEnd): void {
    if (this.ended || this.ending !== undefined) return;
    this.ending = end;
    // In the turn in which it was started, grpc-js reports a cancelled call as ended and opens its stream all the same.
    setImmediate(() => {
      resetWhenCancelled(this.inner);
      this.inner.cancelWithStatus(end.status.code, end.status.message);
    });
  }
}

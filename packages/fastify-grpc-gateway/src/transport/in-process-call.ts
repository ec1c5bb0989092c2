import type { Metadata, ServerInterceptingCallInterface, ServerInterceptor } from "@grpc/grpc-js";
import {
  type AuthContext,
  type CallOrigin,
  type CallReceiver,
  Code,
  deadlineExceeded,
  type MetadataEntries,
  type Status,
  type TransportCall,
  toCode,
  transportStatus,
} from "grpc-transcoding";
import type { RegisteredHandler, ServerInternals } from "../grpc-js/internals.ts";
import { asBuffer } from "./as-buffer.ts";
import { armDeadline } from "./deadline-timer.ts";
import { discardedMetrics } from "./discarded-metrics.ts";
import { fromGrpcMetadata } from "./grpc-metadata.ts";
import type { LiveCall, LiveCalls } from "./live-calls.ts";
import {
  exceeds,
  type ResolvedLimits,
  requestTooLarge,
  responseTooLarge,
} from "./message-limits.ts";
import { undecodable, unencodable } from "./server-call-status.ts";
import { inProcessHost } from "./server-surface-call.ts";
import { missingResponse, secondResponse } from "./single-response.ts";

type Listener = Parameters<ServerInterceptingCallInterface["start"]>[0];
type PartialStatus = Parameters<ServerInterceptingCallInterface["sendStatus"]>[0];

interface Outgoing {
  readonly bytes: Buffer;
  readonly onSent: () => void;
}

interface Incoming {
  /** Undefined: the caller has half-closed. */
  readonly bytes: Uint8Array | undefined;
  readonly onAccepted: (() => void) | undefined;
}

/**
 * A call of any kind that runs on grpc-js' own call machinery, interceptors included, without HTTP/2: this
 * is the call at the bottom of that machinery. Back-pressure both ways is one message: the caller's next
 * message is accepted when the handler has taken the last, the handler's when the caller has read.
 */
export class InProcessCall implements LiveCall, ServerInterceptingCallInterface {
  place = -1;
  private readonly handler: RegisteredHandler;
  private readonly call: TransportCall;
  private readonly metadata: Metadata;
  private readonly receiver: CallReceiver;
  private readonly limits: ResolvedLimits;
  private readonly live: LiveCalls;
  private readonly incoming: Incoming[] = [];
  private readonly outgoing: Outgoing[] = [];
  private listener: Listener | undefined;
  private handlerReads = false;
  private wanted = 0;
  private headersSent = false;
  private responded = false;
  private finalStatus: PartialStatus | undefined;
  private ended = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    handler: RegisteredHandler,
    call: TransportCall,
    metadata: Metadata,
    receiver: CallReceiver,
    limits: ResolvedLimits,
    live: LiveCalls,
  ) {
    this.handler = handler;
    this.call = call;
    this.metadata = metadata;
    this.receiver = receiver;
    this.limits = limits;
    this.live = live;
  }

  /** Runs the interceptors and the handler, in the next tick: a handler may answer before it returns. */
  begin(server: ServerInternals): void {
    this.live.add(this);
    process.nextTick(() => {
      if (this.ended) return;
      const { deadline } = this.call;
      if (deadline.at <= Date.now()) {
        this.onDeadline();
        return;
      }
      this.timer = armDeadline(deadline, this);
      server._runHandlerForCall(intercepted(this, this.handler, server.interceptors), this.handler);
    });
  }

  // The caller's side.

  send(bytes: Uint8Array, onAccepted?: () => void): void {
    if (this.ended) return;
    const { maxRequestBytes } = this.limits;
    if (exceeds(bytes.length, maxRequestBytes)) {
      this.cancel(requestTooLarge(bytes.length, maxRequestBytes));
      return;
    }
    this.incoming.push({ bytes, onAccepted });
    this.feedHandler();
  }

  halfClose(): void {
    this.incoming.push({ bytes: undefined, onAccepted: undefined });
    this.feedHandler();
  }

  read(): void {
    this.wanted += 1;
    this.feedCaller();
  }

  cancel(status: Status): void {
    if (this.ended) return;
    this.close();
    process.nextTick(() => this.receiver.onStatus(status, [], "transport"));
  }

  onDeadline(): void {
    this.end(deadlineExceeded(this.call.deadline), [], "transport");
  }

  // The handler's side: ServerInterceptingCallInterface.

  start(listener: Listener): void {
    if (this.ended) return;
    this.listener = listener;
    listener.onReceiveMetadata(this.metadata);
  }

  startRead(): void {
    if (this.ended) return;
    this.handlerReads = true;
    this.feedHandler();
  }

  sendMetadata(metadata: Metadata): void {
    if (this.ended || this.headersSent) return;
    this.headersSent = true;
    this.receiver.onHeaders(fromGrpcMetadata(metadata));
  }

  sendMessage(message: unknown, onSent: () => void): void {
    if (this.ended || this.finalStatus !== undefined) return;
    let bytes: Buffer;
    try {
      bytes = this.handler.serialize(message);
    } catch {
      this.sendStatus({ ...unencodable, details: unencodable.message });
      return;
    }
    if (exceeds(bytes.length, this.limits.maxResponseBytes)) {
      this.end(responseTooLarge, [], "upstream");
      return;
    }
    if (this.responded && !this.call.method.serverStreaming) {
      this.end(secondResponse, [], "upstream");
      return;
    }
    this.responded = true;
    if (!this.headersSent) {
      this.headersSent = true;
      this.receiver.onHeaders([]);
    }
    this.outgoing.push({ bytes, onSent });
    this.feedCaller();
  }

  sendStatus(status: PartialStatus): void {
    if (this.ended || this.finalStatus !== undefined) return;
    // Kept as it was: the handler may change the metadata while messages wait to be read.
    this.finalStatus = { ...status, metadata: status.metadata?.clone() };
    this.feedCaller();
  }

  getPeer(): string {
    return this.call.peer;
  }

  getDeadline(): number {
    return this.call.deadline.at;
  }

  getHost(): string {
    return inProcessHost;
  }

  getAuthContext(): ReturnType<ServerInterceptingCallInterface["getAuthContext"]> {
    const context: AuthContext = this.call.authContext ?? {};
    return context as ReturnType<ServerInterceptingCallInterface["getAuthContext"]>;
  }

  getConnectionInfo(): ReturnType<ServerInterceptingCallInterface["getConnectionInfo"]> {
    const { peer } = this.call;
    const colon = peer.lastIndexOf(":");
    const port = Number(peer.slice(colon + 1));
    return colon < 0 || Number.isNaN(port)
      ? { remoteAddress: peer }
      : { remoteAddress: peer.slice(0, colon), remotePort: port };
  }

  getMetricsRecorder(): typeof discardedMetrics {
    return discardedMetrics;
  }

  private feedHandler(): void {
    if (this.ended || !this.handlerReads || this.listener === undefined) return;
    const next = this.incoming.shift();
    if (next === undefined) return;
    this.handlerReads = false;
    if (next.bytes === undefined) {
      this.listener.onReceiveHalfClose();
      return;
    }
    let message: unknown;
    try {
      message = this.handler.deserialize(asBuffer(next.bytes));
    } catch {
      this.end(undecodable, [], "service");
      return;
    }
    if (next.onAccepted !== undefined) process.nextTick(next.onAccepted);
    this.listener.onReceiveMessage(message);
  }

  private feedCaller(): void {
    while (!this.ended && this.wanted > 0) {
      const next = this.outgoing.shift();
      if (next === undefined) break;
      this.wanted -= 1;
      this.receiver.onMessage(next.bytes);
      // Later, as after a socket's write: a Writable whose write calls back at once recurses.
      process.nextTick(next.onSent);
    }
    if (this.outgoing.length > 0 || this.finalStatus === undefined) return;
    const { code, details, metadata } = this.finalStatus;
    // An interceptor can end a call as its handler cannot.
    if (code === Code.OK && !this.responded && !this.call.method.serverStreaming) {
      this.end(missingResponse, [], "upstream");
      return;
    }
    this.end(transportStatus(toCode(code), details), fromGrpcMetadata(metadata), "service");
  }

  private end(status: Status, trailers: MetadataEntries, origin: CallOrigin): void {
    if (this.ended) return;
    this.close();
    this.receiver.onStatus(status, trailers, origin);
  }

  private close(): void {
    this.ended = true;
    if (this.timer !== undefined) clearTimeout(this.timer);
    this.live.delete(this);
    this.outgoing.length = 0;
    this.incoming.length = 0;
    // As grpc-js does: every call that has ended is "cancelled", shortly after.
    process.nextTick(() => this.listener?.onCancel());
  }
}

function intercepted(
  call: InProcessCall,
  handler: RegisteredHandler,
  interceptors: readonly ServerInterceptor[],
): ServerInterceptingCallInterface {
  const definition = {
    path: handler.path,
    requestStream: handler.type === "clientStream" || handler.type === "bidi",
    responseStream: handler.type === "serverStream" || handler.type === "bidi",
    requestDeserialize: handler.deserialize,
    responseSerialize: handler.serialize,
  };
  return interceptors.reduce<ServerInterceptingCallInterface>(
    (inner, interceptor) => interceptor(definition, inner),
    call,
  );
}

import type { Metadata } from "@grpc/grpc-js";
import {
  type CallOrigin,
  type CallReceiver,
  Code,
  deadlineExceeded,
  type MetadataEntries,
  type Status,
  type TransportCall,
  transportStatus,
} from "grpc-transcoding";
import type { RegisteredHandler } from "../grpc-js/internals.ts";
import { asBuffer } from "./as-buffer.ts";
import { armDeadline } from "./deadline-timer.ts";
import { fromGrpcMetadata } from "./grpc-metadata.ts";
import type { LiveCall, LiveCalls } from "./live-calls.ts";
import {
  exceeds,
  type ResolvedLimits,
  requestTooLarge,
  responseTooLarge,
} from "./message-limits.ts";
import {
  errorToStatus,
  errorTrailers,
  type HandlerError,
  handlerThrew,
  undecodable,
  unencodable,
} from "./server-call-status.ts";
import { ServerSurfaceCall } from "./server-surface-call.ts";

/**
 * A unary call straight to its handler: the fast path, for a server without interceptors. What the handler
 * sees and what the caller gets is what grpc-js' own machinery would give them. The call begins, and its
 * deadline is watched, with `halfClose`.
 */
export class InProcessUnary implements LiveCall {
  place = -1;
  readonly call: TransportCall;
  private readonly handler: RegisteredHandler;
  private readonly metadata: Metadata;
  private readonly receiver: CallReceiver;
  private readonly limits: ResolvedLimits;
  private readonly live: LiveCalls;
  private surface: ServerSurfaceCall | undefined;
  private request: Uint8Array | undefined;
  private requests = 0;
  private response: Buffer | undefined;
  private trailers: MetadataEntries = [];
  private wanted = false;
  private headersSent = false;
  private responded = false;
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

  send(bytes: Uint8Array, onAccepted?: () => void): void {
    this.request = bytes;
    this.requests += 1;
    if (onAccepted !== undefined) process.nextTick(onAccepted);
  }

  halfClose(): void {
    if (this.ended || this.surface !== undefined) return;
    if (this.requests !== 1 || this.request === undefined) {
      const problem = this.requests === 0 ? "no request message" : "a second request message";
      this.end(
        transportStatus(Code.UNIMPLEMENTED, `Received ${problem} for ${this.call.method.path}`),
        [],
        "service",
      );
      return;
    }
    this.run(this.request);
  }

  read(): void {
    this.wanted = true;
    if (this.response !== undefined) this.deliver(this.response);
  }

  cancel(status: Status): void {
    if (this.ended) return;
    // Reported later, so that no report comes inside the call that asked for it.
    this.close();
    process.nextTick(() => this.receiver.onStatus(status, [], "transport"));
  }

  sendHeaders(metadata: Metadata): void {
    if (this.ended || this.headersSent) return;
    this.headersSent = true;
    this.receiver.onHeaders(fromGrpcMetadata(metadata));
  }

  private run(bytes: Uint8Array): void {
    const { deadline } = this.call;
    const { maxRequestBytes } = this.limits;
    if (exceeds(bytes.length, maxRequestBytes)) {
      this.end(requestTooLarge(bytes.length, maxRequestBytes), [], "transport");
      return;
    }
    if (deadline.at <= Date.now()) {
      this.onDeadline();
      return;
    }
    let request: unknown;
    try {
      request = this.handler.deserialize(asBuffer(bytes));
    } catch {
      this.end(undecodable, [], "service");
      return;
    }
    this.surface = new ServerSurfaceCall(this, this.metadata, request);
    try {
      this.handler.func(this.surface, (error, value, trailers) =>
        this.respond(error, value, trailers),
      );
    } catch {
      this.end(handlerThrew, [], "service");
    }
    // A handler that answered before it returned needs neither a timer nor a place in the list.
    if (this.ended) return;
    this.live.add(this);
    this.timer = armDeadline(deadline, this);
  }

  onDeadline(): void {
    this.end(deadlineExceeded(this.call.deadline), [], "transport");
  }

  private respond(
    error: HandlerError | null,
    value: unknown,
    trailers: Metadata | undefined,
  ): void {
    if (this.ended || this.responded) return;
    this.responded = true;
    if (error) {
      this.end(errorToStatus(error), errorTrailers(error, trailers), "service");
      return;
    }
    let response: Buffer;
    try {
      response = this.handler.serialize(value);
    } catch {
      this.end(unencodable, [], "service");
      return;
    }
    if (exceeds(response.length, this.limits.maxResponseBytes)) {
      this.end(responseTooLarge, [], "upstream");
      return;
    }
    if (trailers !== undefined) this.trailers = fromGrpcMetadata(trailers);
    if (!this.headersSent) {
      this.headersSent = true;
      this.receiver.onHeaders([]);
    }
    if (this.wanted) this.deliver(response);
    else this.response = response;
  }

  private deliver(response: Buffer): void {
    if (this.ended) return;
    this.response = undefined;
    this.receiver.onMessage(response);
    this.end(ok, this.trailers, "service");
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
    const { surface } = this;
    if (surface === undefined) return;
    // As grpc-js does: every call that has ended is "cancelled", shortly after.
    if (surface.listenerCount("cancelled") === 0) surface.cancelled = true;
    else process.nextTick(tellCancelled, surface);
  }
}

const ok = transportStatus(Code.OK, "OK");

function tellCancelled(surface: ServerSurfaceCall): void {
  surface.cancelled = true;
  surface.emit("cancelled", "cancelled");
}

import type { Metadata } from "@grpc/grpc-js";
import { Code, type MetadataEntries, transportStatus } from "grpc-transcoding";
import { exceeds, responseTooLarge } from "grpc-transcoding/internal";
import { fromGrpcMetadata } from "./grpc-metadata.ts";
import { CallState, InProcessLifecycle } from "./in-process-lifecycle.ts";
import {
  errorToStatus,
  errorTrailers,
  type HandlerError,
  handlerThrew,
  unencodable,
} from "./server-call-status.ts";
import { ServerSurfaceCall } from "./server-surface-call.ts";

/**
 * A unary call straight to its handler: the fast path, for a server without interceptors. What the handler
 * sees and what the caller gets is what grpc-js' own machinery would give them. The call begins, and its
 * deadline is watched, with `halfClose`. It is never `responding`: its message is also its status.
 */
export class InProcessUnary extends InProcessLifecycle {
  private request: Uint8Array | undefined;
  private requests = 0;
  /** What the handler sees of the call, once it is called. */
  private surface: ServerSurfaceCall | undefined;
  /** Whether the caller has asked for the response. */
  private wanted = false;
  /** The response, while the call is `answered` and nobody has asked for it. */
  private response: Buffer | undefined;
  private trailers: MetadataEntries = [];

  send(bytes: Uint8Array, onAccepted?: () => void): void {
    this.request = bytes;
    this.requests += 1;
    if (onAccepted !== undefined) process.nextTick(onAccepted);
  }

  halfClose(): void {
    if (this.state !== CallState.waiting) return;
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

  private run(bytes: Uint8Array): void {
    if (this.refuses(bytes) || this.isLate()) return;
    const request = this.decode(bytes);
    if (this.hasEnded) return;
    this.surface = new ServerSurfaceCall(this, this.metadata, request);
    this.state = CallState.called;
    try {
      this.handler.func(this.surface, (error, value, trailers) =>
        this.answer(error, value, trailers),
      );
    } catch {
      this.end(handlerThrew, [], "service");
    }
    // A handler that answered before it returned needs neither a timer nor a place in the list.
    if (this.hasEnded) return;
    this.live.add(this);
    this.watchDeadline();
  }

  private answer(error: HandlerError | null, value: unknown, trailers: Metadata | undefined): void {
    if (this.state >= CallState.answered) return;
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
    this.respond(CallState.answered);
    if (this.wanted) this.deliver(response);
    else this.response = response;
  }

  private deliver(response: Buffer): void {
    if (this.hasEnded) return;
    this.response = undefined;
    this.receiver.onMessage(response);
    this.end(ok, this.trailers, "service");
  }

  protected release(): void {
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

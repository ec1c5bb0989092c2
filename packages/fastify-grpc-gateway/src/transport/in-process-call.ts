import type { ServerInterceptingCallInterface, ServerInterceptor } from "@grpc/grpc-js";
import { type AuthContext, Code, toCode, transportStatus } from "grpc-transcoding";
import {
  exceeds,
  missingResponse,
  responseTooLarge,
  secondResponse,
} from "grpc-transcoding/internal";
import type { RegisteredHandler, ServerInternals } from "../grpc-js/internals.ts";
import { discardedMetrics } from "./discarded-metrics.ts";
import { fromGrpcMetadata } from "./grpc-metadata.ts";
import { CallState, InProcessLifecycle } from "./in-process-lifecycle.ts";
import { unencodable } from "./server-call-status.ts";
import { inProcessHost } from "./server-surface-call.ts";

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
export class InProcessCall extends InProcessLifecycle implements ServerInterceptingCallInterface {
  private readonly incoming: Incoming[] = [];
  private readonly outgoing: Outgoing[] = [];
  private listener: Listener | undefined;
  private handlerReads = false;
  /** How many messages the caller has asked for and not got. */
  private wanted = 0;
  /** There from the state `answered` on. */
  private finalStatus: PartialStatus | undefined;

  /** Runs the interceptors and the handler, in the next tick: a handler may answer before it returns. */
  begin(server: ServerInternals): void {
    this.live.add(this);
    process.nextTick(() => {
      if (this.hasEnded || this.isLate()) return;
      this.watchDeadline();
      this.state = CallState.called;
      server._runHandlerForCall(intercepted(this, this.handler, server.interceptors), this.handler);
    });
  }

  // The caller's side.

  send(bytes: Uint8Array, onAccepted?: () => void): void {
    if (this.hasEnded || this.refuses(bytes)) return;
    this.incoming.push({ bytes, onAccepted });
    this.feedHandler();
  }

  halfClose(): void {
    if (this.hasEnded) return;
    this.incoming.push({ bytes: undefined, onAccepted: undefined });
    this.feedHandler();
  }

  read(): void {
    this.wanted += 1;
    this.feedCaller();
  }

  // The handler's side: ServerInterceptingCallInterface.

  start(listener: Listener): void {
    if (this.hasEnded) return;
    this.listener = listener;
    listener.onReceiveMetadata(this.metadata);
  }

  startRead(): void {
    this.handlerReads = true;
    this.feedHandler();
  }

  sendMessage(message: unknown, onSent: () => void): void {
    if (this.state >= CallState.answered) return;
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
    if (this.state === CallState.responding && !this.call.method.serverStreaming) {
      this.end(secondResponse, [], "upstream");
      return;
    }
    this.respond(CallState.responding);
    this.outgoing.push({ bytes, onSent });
    this.feedCaller();
  }

  sendStatus(status: PartialStatus): void {
    if (this.state >= CallState.answered) return;
    const hasResponse = this.state === CallState.responding || this.call.method.serverStreaming;
    // An interceptor can end a call as its handler cannot.
    if (status.code === Code.OK && !hasResponse) {
      this.end(missingResponse, [], "upstream");
      return;
    }
    this.state = CallState.answered;
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
    const { listener } = this;
    if (this.hasEnded || !this.handlerReads || listener === undefined) return;
    const next = this.incoming.shift();
    if (next === undefined) return;
    this.handlerReads = false;
    if (next.bytes === undefined) {
      listener.onReceiveHalfClose();
      return;
    }
    const message = this.decode(next.bytes);
    if (this.hasEnded) return;
    if (next.onAccepted !== undefined) process.nextTick(next.onAccepted);
    listener.onReceiveMessage(message);
  }

  private feedCaller(): void {
    while (!this.hasEnded && this.wanted > 0) {
      const next = this.outgoing.shift();
      if (next === undefined) break;
      this.wanted -= 1;
      this.receiver.onMessage(next.bytes);
      // Later, as after a socket's write: a Writable whose write calls back at once recurses.
      process.nextTick(next.onSent);
    }
    if (this.outgoing.length > 0 || this.finalStatus === undefined) return;
    const { code, details, metadata } = this.finalStatus;
    this.end(transportStatus(toCode(code), details), fromGrpcMetadata(metadata), "service");
  }

  protected release(): void {
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

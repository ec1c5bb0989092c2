import {
  type CallHandle,
  type CallOrigin,
  type CallReceiver,
  Code,
  type MetadataEntries,
  type Status,
  StatusError,
  type TransportCall,
} from "grpc-transcoding";
import { failureFromError, failureOf, outlivesClient } from "grpc-transcoding/internal";
import { selectionOf } from "../mount/route-selection.ts";
import { tellEnd } from "../observe/call-end.ts";
import { type CallWatch, watchOf } from "../observe/call-watch.ts";
import { startWatched } from "../observe/watched-transport.ts";
import { unsatisfiedRange } from "./byte-range.ts";
import { cancelOnDisconnect } from "./cancel-on-disconnect.ts";
import { cancelWhenAnswered } from "./cancel-when-answered.ts";
import type { RestCall } from "./rest-call.ts";

/**
 * What a call of any kind reports, on its way to an HTTP response: its headers, its one end, whoever brings
 * that about, the log line and the points in time. What its messages become is for the kinds.
 */
export abstract class RestReceiver implements CallReceiver {
  readonly rest: RestCall;
  readonly call: TransportCall;
  /** Undefined where nobody observes the call. */
  protected readonly observed: CallWatch | undefined;
  protected headers: MetadataEntries = [];
  private started: CallHandle | undefined;
  private isOver = false;
  private stopWatching: (() => void) | undefined;
  private takeReply: (() => void) | undefined;
  private readonly onEnd: (() => void)[] = [];

  constructor(rest: RestCall, call: TransportCall) {
    this.rest = rest;
    this.call = call;
    this.observed = watchOf(call.context);
  }

  /** Whether the head of the response is out: then a failure can no longer be answered as any other. */
  protected abstract readonly hasBegun: boolean;
  abstract onMessage(bytes: Uint8Array): void;
  /** Hands on the messages that wait. Throws for one that cannot be encoded. */
  protected flush(): void {}
  /** All messages are there. `trailers` is the trailing metadata. */
  protected abstract succeed(trailers: MetadataEntries): void;
  /** Tells a failure in a response that has begun. */
  protected abstract breakOff(failure: StatusError): void;

  protected get handle(): CallHandle {
    return this.started as CallHandle;
  }

  /** Whether the call has its end: whatever is reported later has no reader. */
  get hasEnded(): boolean {
    return this.isOver;
  }

  /** Starts the call, and asks for the first message. */
  start(): CallHandle {
    const { transport } = selectionOf(this.rest.request.raw).served;
    this.started =
      this.observed === undefined
        ? transport.start(this.call, this)
        : startWatched(this.observed, transport, this.call, this);
    this.started.read();
    return this.started;
  }

  /** Ends the call when its client goes away, or when something else answers the request. */
  watch(): void {
    // In-process handlers often answer at once: then there is nothing left to cancel.
    if (this.isOver) return;
    const { request, reply } = this.rest;
    if (this.call.context?.get(outlivesClient) !== true) {
      this.stopWatching = cancelOnDisconnect(request, reply, this.handle);
    }
    if (this.hasBegun) return;
    this.takeReply = cancelWhenAnswered(reply, this.handle, () => this.end());
  }

  /** Calls back once, when the call has its end. */
  whenEnded(listener: () => void): void {
    if (this.isOver) listener();
    else this.onEnd.push(listener);
  }

  onHeaders(metadata: MetadataEntries): void {
    this.call.timing.headers = performance.now();
    this.headers = metadata;
  }

  onStatus(status: Status, trailers: MetadataEntries, origin: CallOrigin = "service"): void {
    if (this.isOver) return;
    this.end();
    const { runtime, request, reply } = this.rest;
    if (!this.hasBegun && reply.sent) return;
    try {
      this.flush();
    } catch (error) {
      this.fail(StatusError.from(failureFromError(error)));
      return;
    }
    if (status.code === Code.OK) {
      this.succeed(trailers);
      return;
    }
    const metadata = this.hasBegun
      ? trailers
      : runtime.answerTrailers(request, reply, this.headers, trailers);
    this.fail(failureOfCall(status, trailers, metadata, origin, this.rest));
  }

  /** Ends the call for what the gateway found wrong: a message of the client or of the service, a hook's value. */
  abort(error: unknown): void {
    if (this.isOver) return;
    this.end();
    const failure = StatusError.from(failureFromError(error));
    this.handle.cancel(failure.status);
    if (this.hasBegun) this.fail(failure);
    else if (!this.rest.reply.sent) this.answer(error);
  }

  /** Answers with the headers of the call. */
  protected answer(payload: unknown): void {
    this.takeReply?.();
    this.rest.reply.send(payload);
  }

  protected log(code: Code): void {
    const { runtime, request } = this.rest;
    tellEnd(request, code, runtime.logsRequest);
  }

  protected fail(failure: StatusError): void {
    if (!this.hasBegun) {
      this.answer(failure);
      return;
    }
    this.log(failure.status.code);
    this.breakOff(failure);
  }

  protected end(): void {
    this.isOver = true;
    this.stopWatching?.();
    for (const listener of this.onEnd.splice(0)) listener();
  }
}

/** The failure that ends a call, as something to send. Its details stand in the trailers. */
function failureOfCall(
  status: Status,
  trailers: MetadataEntries,
  metadata: MetadataEntries,
  origin: CallOrigin,
  { route, request }: RestCall,
): StatusError {
  const warn = (message: string): void => {
    request.log.warn({ grpc: { method: request.grpcCall?.method.path } }, message);
  };
  const sent = route.rest?.headersOf(metadata) ?? metadata;
  const failure = { ...failureOf(status, trailers, { origin, warn }), trailers: sent };
  const range = route.binding.ranges ? unsatisfiedRange(status, metadata, request) : undefined;
  const http = range ?? route.rest?.failure(failure.status, request);
  return StatusError.from(http === undefined ? failure : { ...failure, http });
}

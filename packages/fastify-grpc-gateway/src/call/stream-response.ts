import {
  type CallHandle,
  Code,
  type MetadataEntries,
  StatusError,
  type TransportCall,
} from "grpc-transcoding";
import { failureFromError } from "grpc-transcoding/internal";
import { setAnswerHead } from "./answer-head.ts";
import { breakAtEnd } from "./broken-response.ts";
import { clientClosed } from "./cancel-on-disconnect.ts";
import { answeredElsewhere } from "./cancel-when-answered.ts";
import { Heartbeat } from "./heartbeat.ts";
import type { RestCall } from "./rest-call.ts";
import { RestReceiver } from "./rest-receiver.ts";
import { StreamBody } from "./stream-body.ts";
import type { StreamFraming } from "./stream-framing.ts";

/**
 * Answers a call with a stream of messages. The HTTP status waits for the first one: until then a failure is
 * answered as any other. Messages are asked for as long as the client can take them, so that a slow reader slows the
 * service down instead of filling memory; what is there together leaves in one chunk.
 */
export class StreamResponse extends RestReceiver {
  private readonly framing: StreamFraming;
  private body: StreamBody | undefined;
  private count = 0;
  /** What waits for the end of this turn. */
  private messages: Uint8Array[] = [];
  private waitingBytes = 0;
  private flushing: NodeJS.Immediate | undefined;
  private mayTakeMore = true;
  /** Whether a message is asked for that has not come: the first one is, from the start. */
  private isAsked = true;
  private isAsking = false;
  private heartbeat: Heartbeat | undefined;

  constructor(rest: RestCall, call: TransportCall, framing: StreamFraming) {
    super(rest, call);
    this.framing = framing;
  }

  override start(): CallHandle {
    const { heartbeatMs } = this.rest.runtime;
    const handle = super.start();
    if (this.framing.heartbeat !== undefined && heartbeatMs > 0 && !this.hasEnded) {
      const heartbeat = new Heartbeat(heartbeatMs, () => this.beat());
      this.heartbeat = heartbeat;
      this.whenEnded(() => heartbeat.stop());
    }
    return handle;
  }

  protected get hasBegun(): boolean {
    return this.body !== undefined;
  }

  onMessage(bytes: Uint8Array): void {
    if (this.hasEnded) return;
    this.isAsked = false;
    if (this.body === undefined && this.rest.reply.sent) {
      this.abort(StatusError.from({ status: answeredElsewhere, origin: "transport" }));
      return;
    }
    this.messages.push(bytes);
    this.waitingBytes += bytes.length;
    if (this.waitingBytes >= StreamBody.chunkBytes) this.flushNow();
    else this.flushing ??= setImmediate(() => this.flushNow());
    this.ask();
  }

  protected succeed(trailers: MetadataEntries): void {
    try {
      const body = this.body ?? this.open(undefined);
      const end = this.framing.end(this.count);
      if (end !== "") body.push(end);
      this.rest.runtime.endStream(this.rest.reply, Code.OK, trailers);
      body.push(null);
    } catch (error) {
      this.fail(this.failureOf(error));
      return;
    }
    this.log(Code.OK);
  }

  protected breakOff(failure: StatusError): void {
    const { runtime, request, reply } = this.rest;
    const body = this.body as StreamBody;
    if (body.destroyed) return;
    const last = this.lastWords(runtime.streamError(failure, request));
    if (last === undefined || runtime.streamEnd === "abort") breakAtEnd(reply);
    else runtime.endStream(reply, failure.status.code, failure.trailers ?? []);
    if (last) body.push(last);
    body.push(null);
  }

  /** What tells a failure; undefined where nothing can. */
  private lastWords(text: string): string | undefined {
    try {
      return this.framing.error(text, this.count);
    } catch (error) {
      this.failureOf(error);
      return undefined;
    }
  }

  /** What an encoder of the user's throws shows only here. */
  private failureOf(error: unknown): StatusError {
    if (!(error instanceof StatusError)) {
      this.rest.request.log.error({ err: error }, "a stream could not be encoded");
    }
    return StatusError.from(failureFromError(error));
  }

  private open(first: Uint8Array | undefined): StreamBody {
    const { runtime, reply } = this.rest;
    // First of all: an encoder of the user's may throw, while the answer can still be another.
    const start = this.framing.start();
    const body = new StreamBody({
      want: () => this.want(),
      closed: () => this.leave(),
    });
    // An onSend hook may put another payload in its place, and nobody destroys this one.
    reply.raw.once("close", () => this.leave());
    setAnswerHead(this.rest, this.headers, first);
    runtime.announceTrailers(reply);
    reply.header("content-type", this.framing.contentType(first));
    this.body = body;
    this.answer(body);
    if (start !== "") body.push(start);
    return body;
  }

  /** Shows a client that waits, and whatever stands before it, that the stream is alive; the first time by its head. */
  private beat(): void {
    const { reply } = this.rest;
    // A client that does not read has enough to read.
    const hasMore = this.body?.readableLength || reply.raw.writableLength || this.messages.length;
    if (hasMore || this.isLeft()) return;
    try {
      const body = this.body ?? this.open(undefined);
      body.push(this.framing.heartbeat?.());
    } catch (error) {
      this.abort(this.failureOf(error));
    }
  }

  private leave(): void {
    this.heartbeat?.stop();
    if (this.flushing !== undefined) clearImmediate(this.flushing);
    if (!this.hasEnded) this.handle.cancel(clientClosed);
  }

  private want(): void {
    this.mayTakeMore = true;
    this.ask();
  }

  /** Asks for one message. A transport may report it at once, which asks again: in a loop, not ever deeper. */
  private ask(): void {
    if (this.isAsking) return;
    this.isAsking = true;
    while (this.mayTakeMore && !this.isAsked && !this.hasEnded) {
      this.isAsked = true;
      this.handle.read();
    }
    this.isAsking = false;
  }

  private flushNow(): void {
    if (this.hasEnded) return;
    try {
      this.flush();
    } catch (error) {
      this.abort(error);
    }
  }

  protected override flush(): void {
    if (this.flushing !== undefined) clearImmediate(this.flushing);
    this.flushing = undefined;
    const { messages } = this;
    if (messages.length === 0 || this.isLeft()) return;
    this.messages = [];
    this.waitingBytes = 0;
    this.heartbeat?.sent();
    this.write(messages);
  }

  private write(messages: readonly Uint8Array[]): void {
    try {
      const chunk = this.encode(messages);
      const body = this.body ?? this.open(messages[0]);
      this.count += messages.length;
      this.mayTakeMore = body.push(chunk);
    } catch (error) {
      if (messages.length === 1) throw this.failureOf(error);
      // One of them is at fault: those before it are not.
      for (const message of messages) this.write([message]);
    }
  }

  private encode(messages: readonly Uint8Array[]): Uint8Array {
    if (this.observed === undefined) return this.framing.chunk(messages, this.count);
    const { timing } = this.call;
    const began = performance.now();
    const chunk = this.framing.chunk(messages, this.count);
    timing.encodingMs = (timing.encodingMs ?? 0) + performance.now() - began;
    return chunk;
  }

  /** Whether something else has answered the request, or its client has gone. */
  private isLeft(): boolean {
    return this.body === undefined ? this.rest.reply.sent : this.body.destroyed;
  }
}

import { Code, type MetadataEntries, StatusError, type TransportCall } from "grpc-transcoding";
import { failureFromError } from "grpc-transcoding/internal";
import { breakResponse } from "./broken-response.ts";
import { clientClosed } from "./cancel-on-disconnect.ts";
import { answeredElsewhere } from "./cancel-when-answered.ts";
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
  /** Whether a hook has put another payload in the body's place. */
  private isReplaced = false;
  private count = 0;
  /** What waits for the end of this turn. */
  private chunks: Uint8Array[] = [];
  private chunkedBytes = 0;
  private flushing: NodeJS.Immediate | undefined;
  private mayTakeMore = true;
  /** Whether a message is asked for that has not come: the first one is, from the start. */
  private isAsked = true;
  private isAsking = false;

  constructor(rest: RestCall, call: TransportCall, framing: StreamFraming) {
    super(rest, call);
    this.framing = framing;
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
    try {
      const chunk = this.framing.message(bytes, this.count);
      if (this.body === undefined) this.open(bytes);
      this.count += 1;
      this.add(chunk);
    } catch (error) {
      this.abort(this.failureOf(error));
      return;
    }
    this.ask();
  }

  protected succeed(trailers: MetadataEntries): void {
    try {
      const body = this.body ?? this.open(undefined);
      this.push(this.framing.end(this.count));
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
    if (last !== undefined && runtime.streamEnd === "end") {
      this.push(last);
      runtime.endStream(reply, failure.status.code, failure.trailers ?? []);
      body.push(null);
      return;
    }
    this.push("");
    // What the hook has made of the body breaks off with it, and with that the response.
    if (this.isReplaced) body.destroy(failure);
    else body.drained(() => breakResponse(reply, last ?? ""));
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
    reply.raw.once("pipe", (source) => {
      this.isReplaced = source !== body;
    });
    runtime.setResponseHeaders(reply, this.headers);
    runtime.announceTrailers(reply);
    reply.header("content-type", this.framing.contentType(first));
    this.body = body;
    this.answer(body);
    if (start !== "") this.add(Buffer.from(start));
    return body;
  }

  private leave(): void {
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

  private add(chunk: Uint8Array): void {
    this.chunks.push(chunk);
    this.chunkedBytes += chunk.length;
    if (this.chunkedBytes >= StreamBody.chunkBytes) this.push("");
    else this.flushing ??= setImmediate(() => this.push(""));
  }

  /** Hands on what waits, and `last` behind it. */
  private push(last: string): void {
    if (this.flushing !== undefined) clearImmediate(this.flushing);
    this.flushing = undefined;
    if (last !== "") this.chunks.push(Buffer.from(last));
    const { body, chunks } = this;
    if (body === undefined || chunks.length === 0) return;
    this.chunks = [];
    this.chunkedBytes = 0;
    const whole = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
    this.mayTakeMore = body.push(whole);
  }
}

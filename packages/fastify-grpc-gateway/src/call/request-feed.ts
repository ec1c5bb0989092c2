import type { Readable } from "node:stream";
import type { CallHandle, RequestMessages } from "grpc-transcoding";
import type { RestReceiver } from "./rest-receiver.ts";

/**
 * Sends the messages of a request's body as they arrive, one at a time: the next when the service has accepted the
 * last. While it has not, the body is not read, and so neither is the client's socket.
 */
export class RequestFeed {
  readonly #receiver: RestReceiver;
  readonly #handle: CallHandle;
  readonly #body: Readable;
  readonly #messages: RequestMessages;
  /** Those of the latest part of the body that are not sent yet. */
  #pending: Iterator<Buffer> | undefined;
  #isAccepted = true;
  #isSending = false;
  #isRead = false;
  #isComplete = false;

  constructor(
    receiver: RestReceiver,
    handle: CallHandle,
    body: Readable,
    messages: RequestMessages,
  ) {
    this.#receiver = receiver;
    this.#handle = handle;
    this.#body = body;
    this.#messages = messages;
  }

  start(): void {
    const body = this.#body;
    if (body.errored) {
      this.#fail(body.errored);
      return;
    }
    body.on("data", this.#take);
    body.once("end", this.#finish);
    body.on("error", this.#fail);
    // Decoders may hand their stream on paused.
    body.resume();
    this.#receiver.whenEnded(() => {
      body.off("data", this.#take);
      body.off("end", this.#finish);
      // Errors that come later are no one's, but an error without a listener would end the process.
    });
  }

  readonly #take = (chunk: Buffer): void => {
    this.#body.pause();
    this.#pending = this.#messages.push(chunk)[Symbol.iterator]();
    this.#send();
  };

  readonly #finish = (): void => {
    // HTTP/2 ends a body that was reset as well.
    if (this.#receiver.rest.request.raw.aborted) return;
    this.#isRead = true;
    // Messages of the last part may still wait: a paused body ends all the same.
    this.#pending ??= this.#last();
    this.#send();
  };

  /** Of a decoder before us: the client's own connection ends the call by itself. */
  readonly #fail = (error: Error & { statusCode?: number }): void => {
    error.statusCode ??= 400;
    this.#receiver.abort(error);
  };

  /** Sends what may be sent. A service may accept a message at once: in a loop, not ever deeper. */
  #send(): void {
    if (this.#isSending) return;
    this.#isSending = true;
    try {
      while (this.#isAccepted && this.#pending !== undefined && !this.#receiver.hasEnded) {
        const { done, value } = this.#pending.next();
        if (done === true) {
          this.#pending = undefined;
          this.#goOn();
        } else {
          this.#isAccepted = false;
          this.#handle.send(value, this.#accepted);
        }
      }
    } catch (error) {
      this.#receiver.abort(error);
    }
    this.#isSending = false;
  }

  readonly #accepted = (): void => {
    this.#isAccepted = true;
    this.#send();
  };

  #last(): Iterator<Buffer> {
    this.#isComplete = true;
    return this.#messages.end()[Symbol.iterator]();
  }

  #goOn(): void {
    if (this.#isComplete) {
      this.#receiver.call.timing.sent = performance.now();
      this.#handle.halfClose();
    } else if (this.#isRead) this.#pending = this.#last();
    else this.#body.resume();
  }
}

import { Code, type Status, type TransportCall } from "grpc-transcoding";
import { setAnswerHead } from "./answer-head.ts";
import type { RestCall } from "./rest-call.ts";
import { RestReceiver } from "./rest-receiver.ts";
import type { StreamFraming } from "./stream-framing.ts";

/** What a call ends with whose answer has no body to fill. */
const headAnswered: Status = {
  code: Code.CANCELLED,
  message: "a HEAD request takes no more than the first message",
  details: [],
};

/** Answers HEAD on a stream of google.api.HttpBody: the first message tells the file's type and name, or a failure that there is none. */
export class HeadResponse extends RestReceiver {
  protected readonly hasBegun = false;
  private readonly framing: StreamFraming;

  constructor(rest: RestCall, call: TransportCall, framing: StreamFraming) {
    super(rest, call);
    this.framing = framing;
  }

  onMessage(first: Uint8Array): void {
    if (this.hasEnded) return;
    this.end();
    this.handle.cancel(headAnswered);
    this.answerHead(first);
  }

  protected succeed(): void {
    this.answerHead(undefined);
  }

  private answerHead(first: Uint8Array | undefined): void {
    try {
      const contentType = this.framing.contentType(first);
      setAnswerHead(this.rest, this.headers, first);
      this.rest.reply.header("content-type", contentType);
      this.log(Code.OK);
      this.answer(undefined);
    } catch (error) {
      this.answer(error);
    }
  }

  /** Never called: the response begins with its end. */
  protected breakOff(): void {}
}

import { Code, type MetadataEntries, type Status, StatusError } from "grpc-transcoding";
import { missingResponse, secondResponse } from "grpc-transcoding/internal";
import { setAnswerHead } from "./answer-head.ts";
import { RestReceiver } from "./rest-receiver.ts";

/** Answers a call with one response message. */
export class SingleResponse extends RestReceiver {
  protected readonly hasBegun = false;
  private message: Uint8Array | undefined;

  onMessage(bytes: Uint8Array): void {
    if (this.hasEnded) return;
    if (this.message !== undefined) {
      this.abort(upstreamFault(secondResponse));
      return;
    }
    this.message = bytes;
    // A transport of the user's may hold the status, or a second message, until it is read.
    this.handle.read();
  }

  protected succeed(trailers: MetadataEntries): void {
    const { runtime, route, request, reply } = this.rest;
    const { transcoder } = route;
    try {
      const metadata = runtime.answerTrailers(request, reply, this.headers, trailers);
      if (this.message === undefined) throw upstreamFault(missingResponse);
      const body = transcoder.encodeResponse(this.message);
      this.call.timing.encoded = performance.now();
      this.log(Code.OK);
      setAnswerHead(this.rest, metadata, this.message);
      reply.header("content-type", transcoder.responseContentType(this.message));
      this.answer(body);
    } catch (error) {
      this.answer(error);
    }
  }

  /** Never called: the response begins with its end. */
  protected breakOff(): void {}
}

function upstreamFault(status: Status): StatusError {
  return StatusError.from({ status, origin: "upstream" });
}

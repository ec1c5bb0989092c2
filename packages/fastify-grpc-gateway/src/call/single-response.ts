import { Code, type MetadataEntries, type Status, StatusError } from "grpc-transcoding";
import { joinVary, missingResponse, prettyJson, secondResponse } from "grpc-transcoding/internal";
import { producedType } from "../mount/choose-by-media.ts";
import { selectionOf } from "../mount/route-selection.ts";
import { setAnswerHead } from "./answer-head.ts";
import { rawQuery } from "./begin-call.ts";
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
    const { runtime, route, request, reply, mask } = this.rest;
    const { transcoder, rest } = route;
    const encoder = mask?.encoder ?? transcoder;
    try {
      const metadata = runtime.answerTrailers(request, reply, this.headers, trailers);
      if (this.message === undefined) throw upstreamFault(missingResponse);
      const encoded = encoder.encodeResponse(this.message);
      const isPretty =
        !encoder.rawResponse && route.pretty?.isPretty(rawQuery(request.raw.url ?? ""));
      const body = isPretty ? prettyJson(encoded) : encoded;
      this.call.timing.encoded = performance.now();
      this.log(Code.OK);
      setAnswerHead(this.rest, metadata, this.message);
      reply.header("content-type", this.contentType(this.message));
      if (rest === undefined) this.answer(body);
      else {
        const { message } = this;
        const { prefix } = selectionOf(request.raw);
        this.answer(rest.answer({ request, reply, metadata, message, body, prefix }));
      }
    } catch (error) {
      this.answer(error);
    }
  }

  /** JSON of a type that the method declares is answered as that type. */
  private contentType(message: Uint8Array): string {
    const { route, request, reply } = this.rest;
    const { media, transcoder } = route;
    const type = transcoder.responseContentType(message);
    if (media === undefined) return type;
    const { produces } = media;
    if (produces.length > 0) reply.header("vary", joinVary(reply.getHeader("vary"), "accept"));
    // A file that says its type has it; one that does not has that of its method.
    if (transcoder.rawResponse && type !== "application/octet-stream") return type;
    return producedType(produces, request.headers.accept) ?? type;
  }

  /** Never called: the response begins with its end. */
  protected breakOff(): void {}
}

function upstreamFault(status: Status): StatusError {
  return StatusError.from({ status, origin: "upstream" });
}

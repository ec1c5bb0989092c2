import { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import { type CallHandle, Code, type MetadataEntries, StatusError } from "grpc-transcoding";
import { failureFromError, type MetadataChanges } from "grpc-transcoding/internal";
import { logCall } from "../logging/call-log.ts";
import type { RpcRoute } from "../mount/mounted-route.ts";
import { selectionOf } from "../mount/route-selection.ts";
import { beginCall, decodeRequest } from "./begin-call.ts";
import type { CallRuntime } from "./call-runtime.ts";
import { cancelOnDisconnect, clientClosed } from "./cancel-on-disconnect.ts";
import { answeredElsewhere, cancelWhenAnswered } from "./cancel-when-answered.ts";
import { failureOfCall } from "./unary.ts";

/**
 * Runs a request with a stream of response messages. One message is asked for whenever the client
 * can take more, so a slow reader slows the service down instead of filling memory. The HTTP status
 * waits for the first message: until then a failure is answered as any other.
 */
export function answerServerStreaming(
  runtime: CallRuntime,
  route: RpcRoute,
  request: FastifyRequest,
  reply: FastifyReply,
  captures: readonly string[],
  changes: MetadataChanges | undefined,
): void {
  const encoder = runtime.streamEncoder(request, reply);
  if (request.method === "HEAD") {
    reply.header("content-type", encoder.contentType).send();
    return;
  }
  const call = beginCall(runtime, route, request, changes);
  const bytes = decodeRequest(route, request, captures);
  call.timing.decoded = performance.now();

  let headers: MetadataEntries = [];
  let body: Readable | undefined;
  let count = 0;
  let ended = false;
  let stopWatching: (() => void) | undefined;
  let takeReply: (() => void) | undefined;

  const open = (): Readable => {
    // First of all: an encoder of the user's may throw, while the answer can still be another.
    const start = encoder.start();
    const stream = new Readable({
      read: () => handle.read(),
      destroy(error, done) {
        if (!ended) handle.cancel(clientClosed);
        done(error);
      },
    });
    // An onSend hook may put another payload in its place, and nobody destroys this one.
    reply.raw.once("close", () => {
      if (!ended) handle.cancel(clientClosed);
    });
    runtime.setResponseHeaders(reply, headers);
    takeReply?.();
    reply.header("content-type", encoder.contentType).send(stream);
    if (start !== "") stream.push(start);
    body = stream;
    return stream;
  };
  /** What an encoder of the user's throws shows only here. */
  const failureOf = (error: unknown): StatusError => {
    if (!(error instanceof StatusError)) {
      request.log.error({ err: error }, "a stream could not be encoded");
    }
    return StatusError.from(failureFromError(error));
  };
  const succeed = (): void => {
    try {
      const stream = body ?? open();
      const end = encoder.end(count);
      if (end !== "") stream.push(end);
      stream.push(null);
    } catch (error) {
      fail(failureOf(error));
      return;
    }
    if (runtime.logsRequest(request)) logCall(request, Code.OK);
  };
  const fail = (failure: StatusError): void => {
    if (body === undefined) {
      takeReply?.();
      reply.send(failure);
      return;
    }
    if (runtime.logsRequest(request)) logCall(request, failure.status.code);
    try {
      body.push(encoder.error(runtime.streamError(failure, request), count));
      body.push(null);
    } catch (error) {
      body.destroy(failureOf(error));
    }
  };
  const handle: CallHandle = selectionOf(request.raw).served.transport.start(call, {
    onHeaders(metadata) {
      call.timing.headers = performance.now();
      headers = metadata;
    },
    onMessage(message) {
      if (ended) return;
      if (body === undefined && reply.sent) {
        ended = true;
        handle.cancel(answeredElsewhere);
        return;
      }
      try {
        const chunk = encoder.message(route.transcoder.encodeResponse(message), count);
        (body ?? open()).push(chunk);
        count += 1;
      } catch (error) {
        ended = true;
        const failure = failureOf(error);
        handle.cancel(failure.status);
        fail(failure);
      }
    },
    onStatus(status, trailers, origin = "service") {
      stopWatching?.();
      if (ended || (body === undefined && reply.sent)) return;
      ended = true;
      if (status.code === Code.OK) {
        succeed();
        return;
      }
      const metadata =
        body === undefined ? runtime.answerTrailers(request, reply, headers, trailers) : headers;
      fail(failureOfCall(status, trailers, metadata, origin, request));
    },
  });
  handle.read();
  handle.send(bytes);
  handle.halfClose();
  call.timing.sent = performance.now();
  if (ended) return;
  stopWatching = cancelOnDisconnect(request, reply, handle);
  if (body !== undefined) return;
  takeReply = cancelWhenAnswered(reply, handle, () => {
    ended = true;
    stopWatching?.();
  });
}

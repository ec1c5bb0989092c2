import { Readable } from "node:stream";
import type { CallHandle } from "grpc-transcoding";
import { messageQuery } from "./begin-call.ts";
import { requireJson } from "./json-content-type.ts";
import { requestBody } from "./request-body.ts";
import { RequestFeed } from "./request-feed.ts";
import type { RestCall } from "./rest-call.ts";
import type { RestReceiver } from "./rest-receiver.ts";
import { stopUpload } from "./stop-upload.ts";

/** The messages of a request, ready to be sent once there is a call. */
export type StreamedRequest = (receiver: RestReceiver, handle: CallHandle) => void;

/**
 * The messages of a request to a method that streams them. Where the rule binds no body, path and query are the
 * only message; a body that is not there is a stream without any, or an empty file. Throws a StatusError (415) for a body that cannot hold
 * messages, and an Error where a hook has made `request.body` a value that cannot be sent.
 */
export function streamedRequest(rest: RestCall): StreamedRequest {
  const { runtime, route, request, captures } = rest;
  const { headers } = request;
  const query = messageQuery(route, request);
  const { transcoder, binding } = route;
  if (binding.body === undefined) {
    const only = transcoder.decodeRequest(captures, query, new Uint8Array(0));
    return (_receiver, handle) => {
      handle.send(only);
      handle.halfClose();
    };
  }
  const body = bodyOf(request.body);
  if (body?.isSent && route.jsonBody) requireJson(headers, true);
  const contentType = headers["content-type"];
  const messages = transcoder.requestMessages(captures, query, contentType, runtime.messageLimits);
  if (body === undefined) {
    const ofEmpty = [...messages.end()];
    return (_receiver, handle) => {
      for (const message of ofEmpty) handle.send(message);
      handle.halfClose();
    };
  }
  return (receiver, handle) => {
    new RequestFeed(receiver, handle, body.stream, messages).start();
    receiver.whenEnded(() => stopUpload(rest.reply, body.stream));
  };
}

interface StreamedBody {
  readonly stream: Readable;
  /** Whether the client sent it: then its content type counts. */
  readonly isSent: boolean;
}

function bodyOf(body: unknown): StreamedBody | undefined {
  if (body instanceof Readable) {
    if (body.readableEnded)
      throw new TypeError("a hook has read request.body, and left nothing of it");
    return { stream: body, isSent: true };
  }
  const { bytes, isOwnJson } = requestBody(body);
  if (bytes.length === 0) return undefined;
  return { stream: Readable.from([bytes], { objectMode: false }), isSent: !isOwnJson };
}

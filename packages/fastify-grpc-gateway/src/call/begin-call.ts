import type { FastifyRequest } from "fastify";
import type { TransportCall } from "grpc-transcoding";
import { changeEntries } from "grpc-transcoding/internal";
import { authContextOf } from "../guard/auth-context.ts";
import { peerOfSocket } from "../guard/peer.ts";
import { contextOf } from "../guard/request-rpc.ts";
import type { RpcRoute } from "../mount/mounted-route.ts";
import { selectionOf } from "../mount/route-selection.ts";
import { withRange } from "./byte-range.ts";
import { requireJson } from "./json-content-type.ts";
import { requestBody } from "./request-body.ts";
import type { RestCall } from "./rest-call.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** The call that this request makes, with its points in time; null until it begins. */
    grpcCall: TransportCall | null;
  }
}

/**
 * The call that a request makes: its metadata, deadline and who is calling. Kept on the request. `resumes`: the
 * metadata has the `Last-Event-ID`.
 */
export function beginCall(
  { runtime, route, request, changes }: RestCall,
  resumes: boolean,
): TransportCall {
  const { binding } = route;
  const { method } = binding;
  const { socket } = request.raw;
  const selection = selectionOf(request.raw);
  const { tenant } = selection;
  const authContext = authContextOf(socket);
  const sent = runtime.requestMetadata(request, resumes);
  const call: TransportCall = {
    method,
    metadata: changeEntries(binding.ranges ? withRange(sent, request) : sent, changes),
    deadline: runtime.deadline(request, route.deadline),
    peer: peerOfSocket(socket),
    timing: { selected: performance.now() },
    context: contextOf(selection, request),
    ...(tenant !== undefined && { tenant }),
    ...(authContext !== undefined && { authContext }),
  };
  request.grpcCall = call;
  return call;
}

/** What of a request its message is made from. */
export type RequestParts = Pick<RestCall, "route" | "request" | "captures">;

/**
 * The request message's bytes. `resumes`: a `Last-Event-ID` takes the place of its field's value, since it is newer than what
 * the URL says, which an EventSource keeps. Throws a StatusError for a malformed request, and an Error where a hook has
 * made `request.body` a value that cannot be sent.
 */
export function decodeRequest({ route, request, captures }: RequestParts, resumes = false): Buffer {
  const { bytes, isOwnJson } = requestBody(request.body);
  const contentType = isOwnJson ? "application/json" : request.headers["content-type"];
  if (route.jsonBody && bytes.length > 0 && !isOwnJson) requireJson(request.headers, false);
  const { transcoder, decodeWithSources } = route;
  const query = messageQuery(route, request);
  if (decodeWithSources === undefined) {
    return transcoder.decodeRequest(captures, query, bytes, contentType);
  }
  return decodeWithSources(request, resumes, captures, query, bytes, contentType);
}

/** The part of a request's query that is for its message. */
export function messageQuery({ masks, pretty }: RpcRoute, { raw }: FastifyRequest): string {
  const sent = rawQuery(raw.url ?? "");
  const query = masks === undefined ? sent : masks.withoutMask(sent);
  return pretty === undefined ? query : pretty.withoutPretty(query);
}

/** The text of a target's query, without its `?`; a fragment is no part of it. */
export function rawQuery(url: string): string {
  const mark = url.indexOf("?");
  if (mark < 0) return "";
  const fragment = url.indexOf("#");
  if (fragment < 0) return url.slice(mark + 1);
  return fragment < mark ? "" : url.slice(mark + 1, fragment);
}

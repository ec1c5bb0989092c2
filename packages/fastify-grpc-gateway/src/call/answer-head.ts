import type { MetadataEntries } from "grpc-transcoding";
import { answeredPart, setPart } from "./byte-range.ts";
import type { RestCall } from "./rest-call.ts";

/**
 * Sets what stands in front of an answer's body, by the call's metadata and the first message; undefined: there is
 * none. The head of a google.api.HttpBody is that of a file: its name, and which part of it follows; its type is the caller's.
 * Throws a StatusError, with nothing set, for a message or a part that the service has made wrong.
 */
export function setAnswerHead(
  call: RestCall,
  metadata: MetadataEntries,
  first: Uint8Array | undefined,
): void {
  const { runtime, route, reply } = call;
  const { transcoder, rest } = route;
  const sent = rest?.headersOf(metadata) ?? metadata;
  if (transcoder.rawResponse) setFileHead(call, sent, first);
  else runtime.setResponseHeaders(reply, sent);
  rest?.setHead(reply, metadata);
}

function setFileHead(
  { runtime, route, request, reply }: RestCall,
  metadata: MetadataEntries,
  first: Uint8Array | undefined,
): void {
  const { transcoder, binding } = route;
  const contentType =
    first === undefined ? "application/octet-stream" : transcoder.responseContentType(first);
  const disposition = first && transcoder.responseDisposition(first);
  if (binding.ranges) {
    const part = answeredPart(metadata, contentType, request);
    runtime.setFileHeaders(reply, part.others);
    setPart(reply, part);
  } else runtime.setFileHeaders(reply, metadata);
  if (disposition !== undefined) reply.header("content-disposition", disposition);
}

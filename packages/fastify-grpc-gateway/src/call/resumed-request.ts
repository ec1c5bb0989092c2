import { decodeRequest, type RequestParts } from "./begin-call.ts";

/**
 * The request message's bytes of a client of server-sent events. What it sends as `Last-Event-ID` is newer than what its URL
 * says, which an EventSource keeps: it takes the place of the field's value. Throws as {@link decodeRequest}
 * does.
 */
export function resumedRequest(parts: RequestParts): Buffer {
  const bytes = decodeRequest(parts);
  const { lastEventId } = parts.route;
  const header = parts.request.headers["last-event-id"];
  if (lastEventId === undefined || typeof header !== "string" || header === "") return bytes;
  return Buffer.concat([bytes, lastEventId(header)]);
}

import { Code } from "../model/code.ts";
import type { Status } from "../model/status.ts";
import type { Deadline } from "../model/transport.ts";

/** The status of a call that its transport ends: no details, a message that names no address. */
export function transportStatus(code: Code, message: string): Status {
  return { code, message, details: [] };
}

/** DEADLINE_EXCEEDED, saying whose deadline it was. */
export function deadlineExceeded(deadline: Deadline): Status {
  const whose = deadline.source === "client" ? "the client" : "the gateway";
  return transportStatus(Code.DEADLINE_EXCEEDED, `the deadline set by ${whose} has passed`);
}

/** UNAVAILABLE, for calls of a transport that is closed. */
export const transportClosed: Status = transportStatus(
  Code.UNAVAILABLE,
  "the gateway is shutting down",
);

/** A number from a peer or a handler as a status code; one outside 0 to 16 is UNKNOWN, as gRPC clients treat it. */
export function toCode(code: number): Code {
  return code >= 0 && code <= 16 && Number.isInteger(code) ? (code as Code) : Code.UNKNOWN;
}

import { Code } from "../model/code.ts";
import type { Status } from "../model/status.ts";
import { transportStatus } from "./transport-status.ts";

/** How large one message may be on a transport, in bytes of protobuf; -1 for no limit. */
export interface MessageLimits {
  /** @default 4 MiB, as `grpc.max_receive_message_length` of a server. */
  readonly maxRequestBytes?: number;
  /** @default 4 MiB, as `grpc.max_receive_message_length` of a client. */
  readonly maxResponseBytes?: number;
}

/** {@link MessageLimits} with the defaults filled in. */
export type ResolvedLimits = Required<MessageLimits>;

/** What grpc-js allows to be received where nothing else is said. */
export const defaultMaxBytes: number = 4 * 1024 * 1024;

/** Whether a message of `size` bytes breaks a limit, which may be -1 for none. */
export function exceeds(size: number, maxBytes: number): boolean {
  return maxBytes >= 0 && size > maxBytes;
}

/** RESOURCE_EXHAUSTED, for a request message over the limit. */
export function requestTooLarge(maxBytes: number): Status {
  return transportStatus(
    Code.RESOURCE_EXHAUSTED,
    `the request message is larger than the limit of ${maxBytes} bytes`,
  );
}

/** For a response message over the limit: INTERNAL, since RESOURCE_EXHAUSTED would blame the client. Of origin `"upstream"`. */
export const responseTooLarge: Status = transportStatus(
  Code.INTERNAL,
  "a response message of the upstream is larger than the limit",
);

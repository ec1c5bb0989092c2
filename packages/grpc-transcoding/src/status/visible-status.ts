import { Code } from "../model/code.ts";
import type { Failure } from "../model/failure.ts";
import type { DetailJson } from "../model/status.ts";
import { clientFieldPath } from "./client-field-path.ts";
import { detailToJson, detailType } from "./detail-json.ts";
import type { ErrorContext } from "./error-mapper.ts";

/** How much of a failure an HTTP client may see. */
export interface Visibility {
  /** Sends google.rpc.DebugInfo and every message as it is. @default false */
  readonly debug: boolean;
  /**
   * Replaces the messages of UNKNOWN, INTERNAL and DATA_LOSS by a fixed text with the request id. Those of
   * origin `"upstream"` stay: a transport wrote them, see `CallOrigin`.
   * @default true
   */
  readonly maskInternal: boolean;
}

/** A failure as an HTTP client may see it, before any body format. */
export interface VisibleStatus {
  readonly code: Code;
  readonly message: string;
  readonly details: readonly DetailJson[];
}

// A peer chooses both; over HTTP/2 its trailers are bounded to some 16 KiB, in process they are not.
const maxMessageLength = 8192;
const maxDetails = 128;
const maxDetailBytes = 256 * 1024;

/** What of a failure is sent: internals masked, upstream addresses removed, DebugInfo dropped, sizes bounded. */
export function visibleStatus(
  failure: Failure,
  context: ErrorContext,
  visibility: Visibility,
): VisibleStatus {
  const { code, details } = failure.status;
  const message = visibleMessage(failure, context, visibility);
  if (details.length === 0) return { code, message, details: [] };
  const shown: DetailJson[] = [];
  let bytes = 0;
  for (const detail of details) {
    if (!visibility.debug && detailType(detail) === "google.rpc.DebugInfo") continue;
    bytes += detail.value.length + detail.typeUrl.length;
    if (bytes > maxDetailBytes || shown.length === maxDetails) break;
    shown.push(inClientNames(detailToJson(detail, context), failure, context));
  }
  return { code, message, details: shown };
}

/** BadRequest with the field names of JSON clients; the gateway's own has them already. */
function inClientNames(detail: DetailJson, failure: Failure, context: ErrorContext): DetailJson {
  const { method, json } = context;
  const violations = detail.fieldViolations;
  if (failure.origin === "gateway" || method === undefined || !Array.isArray(violations)) {
    return detail;
  }
  if (detailType({ typeUrl: detail["@type"] }) !== "google.rpc.BadRequest") return detail;
  const renamed = violations.map((violation: { field?: string }) =>
    violation.field === undefined
      ? violation
      : {
          ...violation,
          field: clientFieldPath(violation.field, method.input, json?.naming ?? "json"),
        },
  );
  return { ...detail, fieldViolations: renamed };
}

function visibleMessage(failure: Failure, context: ErrorContext, visibility: Visibility): string {
  const { code, message } = failure.status;
  if (visibility.debug) return bounded(message);
  if (visibility.maskInternal && isInternal(code) && failure.origin !== "upstream") {
    return context.requestId === undefined
      ? "An internal error occurred."
      : `An internal error occurred. Request id: ${context.requestId}`;
  }
  if (failure.origin !== "gateway" && tellsAddress(code, message)) {
    return withoutAddress.get(code) ?? "The call failed.";
  }
  return bounded(message);
}

function isInternal(code: Code): boolean {
  return code === Code.UNKNOWN || code === Code.INTERNAL || code === Code.DATA_LOSS;
}

const withoutAddress: ReadonlyMap<Code, string> = new Map([
  [Code.CANCELLED, "The call was cancelled."],
  [Code.DEADLINE_EXCEEDED, "The deadline was exceeded."],
  [Code.UNAVAILABLE, "The service is unavailable."],
]);

// The codes that gRPC libraries set themselves; their messages name targets, addresses and system
// errors ("No connection established. Last error: connect ECONNREFUSED 10.0.0.7:50051").
const libraryCodes: ReadonlySet<Code> = new Set([
  ...withoutAddress.keys(),
  Code.UNKNOWN,
  Code.INTERNAL,
  Code.RESOURCE_EXHAUSTED,
]);
const address =
  /\d{1,3}(?:\.\d{1,3}){3}|\[[\da-f:.%]+\]|::1\b|\b[a-z][\w.-]*:\d{2,5}\b|\b(?:dns|unix|ipv4|ipv6|xds|https?):|\bE(?:CONN|NOTFOUND|AI_|HOST|NET|PIPE|TIMEDOUT)/i;

function tellsAddress(code: Code, message: string): boolean {
  return libraryCodes.has(code) && address.test(message.slice(0, maxMessageLength));
}

function bounded(message: string): string {
  if (message.length <= maxMessageLength) return message;
  return `${message.slice(0, maxMessageLength)}…`;
}

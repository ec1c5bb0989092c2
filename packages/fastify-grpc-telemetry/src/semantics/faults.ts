import { Code, codeName } from "grpc-transcoding";

/** The codes that make the span of a server an error; the others are its client's affair (rpc/grpc.md). */
const serverFaults: ReadonlySet<Code> = new Set([
  Code.UNKNOWN,
  Code.DEADLINE_EXCEEDED,
  Code.UNIMPLEMENTED,
  Code.INTERNAL,
  Code.UNAVAILABLE,
  Code.DATA_LOSS,
]);

/** Whether a call has failed by the server's fault. An HTTP status above 400 has said so already, or denied it (http/http-spans.md). */
function isServerFault(code: Code, statusCode: number | undefined): boolean {
  if (statusCode !== undefined && statusCode >= 400) return statusCode >= 500;
  return serverFaults.has(code);
}

/** `error.type`: the HTTP status where that tells it, else the code; undefined where the server is not at fault. */
export function errorType(code: Code, statusCode: number | undefined): string | undefined {
  if (!isServerFault(code, statusCode)) return undefined;
  return statusCode !== undefined && statusCode >= 500 ? String(statusCode) : codeName(code);
}

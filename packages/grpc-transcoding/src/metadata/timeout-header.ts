import { gatewayError } from "../status/status-error.ts";
import { parseGrpcTimeout } from "./grpc-timeout.ts";

/** Headers by lower-case name, as `http.IncomingMessage.headers`. */
export type TimeoutHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Compiles what a request's headers say of its timeout, in milliseconds; undefined where they say nothing. `grpc-timeout`
 * comes first, then `names` (any case) in their order. Throws a StatusError (400) for a malformed one.
 */
export function compileTimeout(
  names: readonly string[],
): (headers: TimeoutHeaders) => number | undefined {
  const plain = names.map((name) => name.toLowerCase());
  return (headers) => {
    const timeout = headers["grpc-timeout"];
    if (typeof timeout === "string") return parseGrpcTimeout(timeout);
    for (const name of plain) {
      const text = headers[name];
      if (text !== undefined) return parsePlainTimeout(name, String(text));
    }
    return undefined;
  };
}

// What a number may be followed by, beside nothing: the units that have one meaning only.
const plainTimeout = /^(\d{1,10}(?:\.\d{1,9})?)(s|ms)?$/;
const grpcTimeout = /^\d{1,8}[HMSmun]$/;

/**
 * The milliseconds of a plain timeout header: a number of seconds (`1.5`), of milliseconds where the header's name ends
 * in `-ms`, either with its unit (`1.5s`, `1500ms`), or as `grpc-timeout` has it (`1500m`).
 */
function parsePlainTimeout(name: string, text: string): number {
  if (grpcTimeout.test(text)) return parseGrpcTimeout(text);
  const [, number, unit = name.endsWith("-ms") ? "ms" : "s"] = plainTimeout.exec(text) ?? [];
  if (number === undefined) {
    throw gatewayError(
      `invalid ${name} ${JSON.stringify(text.slice(0, 100))}: give a number of ${name.endsWith("-ms") ? "milliseconds" : "seconds"} such as "1500ms" or "1.5s"`,
    );
  }
  return Number(number) * (unit === "ms" ? 1 : 1_000);
}

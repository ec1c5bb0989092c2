import { Code, type CodeName } from "../model/code.ts";
import { StatusError, type StatusErrorOptions } from "../status/status-error.ts";
import type { Verdict } from "./policy.ts";

/**
 * The verdict of a policy that refuses a call. Over HTTP the error table answers it; native clients get the status
 * with `metadata` among its trailers. Throws a TypeError for a code that is none, or OK.
 */
export function refuse(
  code: Exclude<CodeName, "OK">,
  message: string,
  options: Omit<StatusErrorOptions, "origin"> = {},
): Verdict {
  const number: Code | undefined = Object.hasOwn(Code, code) ? Code[code] : undefined;
  if (!number) {
    throw new TypeError(
      `refuse takes the name of a gRPC status code such as "PERMISSION_DENIED"; got ${JSON.stringify(code)}`,
    );
  }
  return { refuse: new StatusError(number, message, { ...options, origin: "gateway" }) };
}

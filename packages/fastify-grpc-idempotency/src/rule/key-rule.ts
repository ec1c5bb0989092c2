import { read } from "../option/read.ts";

/** Whether a method's requests must have a key, or may. */
export type KeyRule = "required" | "optional";

/** Reads a rule; false is none, whatever else there is. Throws FST_GRPC_IDEMPOTENCY_OPTION. */
export function readKeyRule(value: unknown, path: string): KeyRule | false {
  if (value === false) return false;
  if (value === "required" || value === "optional") return value;
  throw read.refusal(path, value, 'use "required", "optional", or false for none');
}

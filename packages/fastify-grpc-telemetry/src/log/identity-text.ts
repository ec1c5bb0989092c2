import { createHmac } from "node:crypto";
import type { AccessLogSettings } from "./access-log-settings.ts";

/** Who has called, as the log has it; undefined for nobody. */
export function identityText(
  identity: unknown,
  { identity: shown, hashKey }: AccessLogSettings,
): string | undefined {
  if (shown === false || identity === undefined || identity === null) return undefined;
  const name = nameOf(identity);
  if (shown === true || name === undefined) return name;
  return createHmac("sha256", hashKey).update(name).digest("hex").slice(0, 32);
}

/** A text itself, and the `sub` of claims. Nothing else of them belongs into a log. */
function nameOf(identity: unknown): string | undefined {
  if (typeof identity !== "object") return String(identity);
  const { sub } = identity as { readonly sub?: unknown };
  return typeof sub === "string" ? sub : undefined;
}

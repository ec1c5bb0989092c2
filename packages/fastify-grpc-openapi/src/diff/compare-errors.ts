import type { OperationObject } from "../model/openapi.ts";
import type { OnChange } from "./change.ts";

interface ErrorCase {
  readonly code: string;
  readonly reason?: string;
}

/** Compares what `x-google-errors` declare: a case that changes its HTTP status may surprise clients. */
export function compareErrors(
  before: OperationObject,
  after: OperationObject,
  onChange: OnChange,
): void {
  const old = casesOf(before);
  const now = casesOf(after);
  for (const [key, status] of old) {
    const same = now.get(key);
    if (same === undefined) {
      onChange("error-removed", "info", `response ${status}`, `${key} is no longer declared`);
    } else if (same !== status) {
      const message = `${key} is answered as ${same}, was ${status}`;
      onChange("error-status-changed", "warning", `response ${status}`, message);
    }
  }
  for (const [key, status] of now) {
    if (!old.has(key)) onChange("error-added", "info", `response ${status}`, `${key} is declared`);
  }
}

/** Code and reason to HTTP status. */
function casesOf(operation: OperationObject): Map<string, string> {
  const cases = new Map<string, string>();
  for (const [status, response] of Object.entries(operation.responses)) {
    const errors = response["x-google-errors"];
    if (!Array.isArray(errors)) continue;
    for (const { code, reason } of errors as ErrorCase[]) {
      cases.set(reason ? `${code} ${reason}` : code, status);
    }
  }
  return cases;
}

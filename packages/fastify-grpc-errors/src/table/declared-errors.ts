import { Code, type ErrorDeclaration, type MethodSchema } from "grpc-transcoding";
import { declaredStatus } from "grpc-transcoding/internal";
import type { MethodDeclarations } from "./check-table.ts";
import { matchesMethod, type Rule } from "./rule.ts";

/** The errors that a method declares, and what they demand of the table. */
export interface DeclaredErrors {
  /** Those of its protos, then those that the table's `methods` adds. */
  readonly errors: readonly ErrorDeclaration[];
  /** One rule for each declaration with an HTTP status of its own. */
  readonly rules: readonly Rule[];
}

/** Joins both sources of declarations; a code and reason that the protos declare are not repeated. */
export function declaredErrors(
  configured: readonly MethodDeclarations[],
  method: MethodSchema,
): DeclaredErrors {
  const name = method.path.slice(1);
  const added = configured
    .filter((entry) => matchesMethod(entry.method, name))
    .flatMap((entry) => entry.errors)
    .filter(
      ({ code, reason }) =>
        !method.errors.some((error) => error.code === code && error.reason === reason),
    );
  const errors = [...method.errors, ...added];
  return { errors, rules: errors.flatMap((error) => statusRule(error, name)) };
}

function statusRule(error: ErrorDeclaration, method: string): readonly Rule[] {
  const status = declaredStatus(error);
  if (status === undefined) return [];
  return [
    {
      path: `errors of ${method}`,
      preset: false,
      method: { text: method, prefix: method, exact: true },
      code: Code[error.code],
      ...(error.reason !== "" && { reason: error.reason }),
      ...(error.domain !== "" && { domain: error.domain }),
      outcome: { status },
    },
  ];
}

import type { SourceLocation } from "../model/schema.ts";

/** What is wrong with a rule. Stable: documented, and safe to test for. */
export type RuleProblemCode =
  | "GW_RULE_SYNTAX"
  | "GW_PATTERN_MISSING"
  | "GW_PATTERN_AMBIGUOUS"
  | "GW_ADDITIONAL_BINDINGS_NESTED"
  | "GW_METHOD_INVALID"
  | "GW_TEMPLATE_SYNTAX"
  | "GW_FIELD_UNKNOWN"
  | "GW_FIELD_REPEATED"
  | "GW_FIELD_TYPE"
  | "GW_BODY_UNKNOWN"
  | "GW_BODY_BOUND_BY_PATH"
  | "GW_BODY_ON_GET"
  | "GW_BODY_ON_DELETE"
  | "GW_RESPONSE_BODY_UNKNOWN"
  | "GW_QUERY_UNBINDABLE"
  | "GW_SELECTOR_SYNTAX"
  | "GW_SELECTOR_UNMATCHED"
  | "GW_DUPLICATE_BINDING"
  | "GW_SHADOWED_BINDING"
  | "GW_CROSSING_BINDINGS";

/** One finding of the load-time checks. Errors keep a gateway from starting, warnings are logged. */
export interface RuleProblem {
  readonly code: RuleProblemCode;
  readonly severity: "error" | "warning";
  /** The whole text: place, method, rule, what is wrong, and the fix. */
  readonly message: string;
  readonly location: SourceLocation | undefined;
}

/** All errors that were found in a set of rules, thrown as one. */
export class HttpRuleError extends Error {
  override readonly name = "HttpRuleError";
  readonly problems: readonly RuleProblem[];

  constructor(problems: readonly RuleProblem[]) {
    super(problems.map((problem) => `${problem.message} [${problem.code}]`).join("\n"));
    this.problems = problems;
  }
}

/** Throws one {@link HttpRuleError} with all problems of severity `error`, if there are any. */
export function throwRuleErrors(problems: readonly RuleProblem[]): void {
  const errors = problems.filter((problem) => problem.severity === "error");
  if (errors.length > 0) throw new HttpRuleError(errors);
}

/** `proto/shop/v1/shop.proto:42`, as editors open it; `""` for no location. */
export function formatLocation(location: SourceLocation | undefined): string {
  return location === undefined ? "" : `${location.file}:${location.line}`;
}

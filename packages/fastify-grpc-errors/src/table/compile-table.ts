import type { ErrorDeclaration, Failure, MethodSchema } from "grpc-transcoding";
import { failureHttpStatus } from "grpc-transcoding/internal";
import { type CheckedTable, checkTable } from "./check-table.ts";
import { type DeclaredErrors, declaredErrors } from "./declared-errors.ts";
import { comparePrecedence, type FailureFacts, matchesRule, type Rule } from "./rule.ts";
import { indexRules } from "./rule-index.ts";

/** What the table makes of one failure. */
export interface Decision {
  readonly statusCode: number;
  /** The rule that set the status; undefined: the failure itself, its origin, or the canonical table. */
  readonly statusRule: Rule | undefined;
  /** All rules that match, the most specific first. */
  readonly matched: readonly Rule[];
}

/** A checked table, ready to be asked. */
export interface CompiledTable {
  readonly checked: CheckedTable;
  /** `http` is the answer that the failure itself demands. */
  decide(facts: FailureFacts, method: MethodSchema | undefined, http?: Failure["http"]): Decision;
  errorsOf(method: MethodSchema): readonly ErrorDeclaration[];
}

/** Checks and compiles a whole table. Throws `FST_GRPC_ERRORS_*`. */
export function compileTable(config: unknown): CompiledTable {
  const checked = checkTable(config);
  const index = indexRules(checked.rules);
  const declared = new WeakMap<MethodSchema, DeclaredErrors>();
  const declaredOf = (method: MethodSchema): DeclaredErrors => {
    const known = declared.get(method);
    if (known !== undefined) return known;
    const errors = declaredErrors(checked.declarations, method);
    declared.set(method, errors);
    return errors;
  };
  return {
    checked,
    errorsOf: (method) => declaredOf(method).errors,
    decide(facts, method, http) {
      const rules = method === undefined ? [] : declaredOf(method).rules;
      return decideBy(withDeclared(index(facts), rules, facts), facts, http);
    },
  };
}

/** A declared status stands among the rules by its specificity; of equals, the table's own rule wins. */
function withDeclared(
  matched: readonly Rule[],
  declared: readonly Rule[],
  facts: FailureFacts,
): readonly Rule[] {
  const matching = declared.filter((rule) => matchesRule(rule, facts));
  if (matching.length === 0) return matched;
  return [...matched, ...matching].sort((a, b) => comparePrecedence(a, b, facts.details));
}

function decideBy(matched: readonly Rule[], facts: FailureFacts, http: Failure["http"]): Decision {
  const statusRule = matched.find(({ outcome }) => outcome.status !== undefined);
  // What a failure demands yields to nothing but a rule for the gateway's own failures.
  if (http !== undefined && (statusRule === undefined || facts.origin !== "gateway")) {
    return { statusCode: http.statusCode, statusRule: undefined, matched };
  }
  const statusCode = statusRule?.outcome.status ?? failureHttpStatus(facts.code, facts.origin);
  return { statusCode, statusRule, matched };
}

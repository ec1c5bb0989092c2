import { Code, type ErrorOutcome } from "grpc-transcoding";
import { FST_GRPC_ERRORS_DUPLICATE, FST_GRPC_ERRORS_SHADOWED } from "../errors.ts";
import { compareSpecificity, matchesMethod, type Rule } from "./rule.ts";

/**
 * Refuses two rules that tie: equal specificity for the same failures, which is to say equal
 * conditions. Presets yield to all others and cannot tie.
 */
export function refuseDuplicates(rules: readonly Rule[]): void {
  const seen = new Map<string, Rule>();
  for (const rule of rules) {
    const { tenant, method, domain, reason, detail, code } = rule;
    const key = JSON.stringify([tenant, method?.text, domain, reason, detail, code]);
    const other = seen.get(key);
    if (other !== undefined) {
      throw new FST_GRPC_ERRORS_DUPLICATE(
        rule.path,
        other.path,
        "remove one of them, or give it a further condition",
      );
    }
    seen.set(key, rule);
  }
}

/**
 * Refuses a rule whose failures are all decided by more specific ones, for every member that it
 * sets. One rule alone cannot do that to another, only several: one for each code, or one for each
 * method that the pattern fits. `methods` are all names as `"acme.v1.Library/GetBook"`.
 */
export function refuseShadowed(rules: readonly Rule[], methods: readonly string[]): void {
  for (const rule of rules) {
    if (rule.preset) continue;
    const covering = rules.filter((other) => canCover(other, rule));
    if (covering.length > 0 && isCovered(rule, covering, methods)) {
      throw new FST_GRPC_ERRORS_SHADOWED(
        rule.path,
        [...new Set(covering.map((other) => other.path))].join(", "),
        "remove it, or one of those",
      );
    }
  }
}

/** Whether `other` decides before `rule` wherever method and code let both match. */
function canCover(other: Rule, rule: Rule): boolean {
  return (
    compareSpecificity(other, rule) < 0 &&
    implied(other.tenant, rule.tenant) &&
    implied(other.domain, rule.domain) &&
    implied(other.reason, rule.reason) &&
    implied(other.detail, rule.detail)
  );
}

function implied(condition: string | undefined, given: string | undefined): boolean {
  return condition === undefined || condition === given;
}

const failureCodes = Object.values(Code).filter((code) => code !== Code.OK);

function isCovered(rule: Rule, covering: readonly Rule[], methods: readonly string[]): boolean {
  const { method } = rule;
  // A rule without a method also decides failures of no method: only rules without one cover it.
  const named =
    method === undefined ? [undefined] : methods.filter((m) => matchesMethod(method, m));
  const codes = rule.code === undefined ? failureCodes : [rule.code];
  const members = Object.keys(rule.outcome) as (keyof ErrorOutcome)[];
  return named.every((name) =>
    codes.every((code) =>
      members.every((member) =>
        covering.some(
          (other) =>
            (other.code === undefined || other.code === code) &&
            (other.method === undefined ||
              (name !== undefined && matchesMethod(other.method, name))) &&
            decides(other, rule, member),
        ),
      ),
    ),
  );
}

/** Headers add up, so they are only decided by a rule that sets the same names. */
function decides(other: Rule, rule: Rule, member: keyof ErrorOutcome): boolean {
  if (other.outcome[member] === undefined) return false;
  if (member !== "headers") return true;
  return Object.keys(rule.outcome.headers ?? {}).every(
    (name) => name in (other.outcome.headers ?? {}),
  );
}

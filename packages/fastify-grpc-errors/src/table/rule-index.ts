import { Code } from "grpc-transcoding";
import {
  comparePrecedence,
  compareSpecificity,
  type FailureFacts,
  matchesMethod,
  matchesRule,
  type Rule,
} from "./rule.ts";

/** Answers which rules decide a failure, the most specific first. */
export type RuleIndex = (facts: FailureFacts) => readonly Rule[];

/** Rules by the value of one of their conditions. */
type RuleGroups = ReadonlyMap<string | undefined, readonly Rule[]>;

/** The rules that one tenant and method leave, keyed by what else they ask of a failure. */
interface Scope {
  /** By code, sorted: rules that ask for nothing else, which is the whole answer for most failures. */
  readonly plain: readonly (readonly Rule[])[];
  readonly byReason: RuleGroups;
  /** Rules that ask for no reason. */
  readonly byDomain: RuleGroups;
  /** By message name: rules that ask for neither. */
  readonly byDetail: RuleGroups;
}

/**
 * Compiles rules into one scope for each tenant and method, built on first use: the common failure,
 * without details, is then two map reads and one array read. Methods are those of schemas, so their
 * scopes are bounded; tenants that no rule names share one, since clients may send any name.
 */
export function indexRules(rules: readonly Rule[]): RuleIndex {
  const tenants = new Set(rules.map((rule) => rule.tenant));
  const byMethod = rules.some((rule) => rule.method !== undefined);
  const scopes = new Map<string | undefined, Map<string | undefined, Scope>>();
  return (facts) => {
    const tenant = tenants.has(facts.tenant) ? facts.tenant : undefined;
    const method = byMethod ? facts.method : undefined;
    const ofTenant = getOrAdd(scopes, tenant, () => new Map<string | undefined, Scope>());
    const scope = getOrAdd(ofTenant, method, () => compileScope(rules, tenant, method));
    return matchScope(scope, facts);
  };
}

function getOrAdd<K, V extends object>(map: Map<K, V>, key: K, make: () => V): V {
  const present = map.get(key);
  if (present !== undefined) return present;
  const made = make();
  map.set(key, made);
  return made;
}

function compileScope(
  rules: readonly Rule[],
  tenant: string | undefined,
  method: string | undefined,
): Scope {
  const left = rules
    .filter((rule) => rule.tenant === undefined || rule.tenant === tenant)
    .filter(
      (rule) =>
        rule.method === undefined || (method !== undefined && matchesMethod(rule.method, method)),
    )
    .toSorted(compareSpecificity);
  const withoutReason = left.filter((rule) => rule.reason === undefined);
  const withoutInfo = withoutReason.filter((rule) => rule.domain === undefined);
  const plain = withoutInfo.filter((rule) => rule.detail === undefined);
  return {
    plain: Object.values(Code).map((code) =>
      plain.filter((rule) => rule.code === undefined || rule.code === code),
    ),
    byReason: groupBy(left, "reason"),
    byDomain: groupBy(withoutReason, "domain"),
    byDetail: groupBy(withoutInfo, "detail"),
  };
}

/** The rules that have a condition, by its value. */
function groupBy(rules: readonly Rule[], condition: "reason" | "domain" | "detail"): RuleGroups {
  const groups = new Map<string | undefined, Rule[]>();
  for (const rule of rules) {
    const value = rule[condition];
    if (value !== undefined) getOrAdd(groups, value, () => []).push(rule);
  }
  return groups;
}

function matchScope(scope: Scope, facts: FailureFacts): readonly Rule[] {
  // A gateway's failure is only for rules that name its domain, which are never plain.
  const plain = facts.origin === "gateway" ? [] : (scope.plain[facts.code] ?? []);
  if (facts.details.length === 0) return plain;
  const candidates: Rule[] = [];
  addMatching(candidates, scope.byReason.get(facts.reason), facts);
  addMatching(candidates, scope.byDomain.get(facts.domain), facts);
  for (const [place, detail] of facts.details.entries()) {
    const repeated = facts.details.indexOf(detail) < place;
    if (!repeated) addMatching(candidates, scope.byDetail.get(detail), facts);
  }
  if (candidates.length === 0) return plain;
  return [...candidates, ...plain].sort((a, b) => comparePrecedence(a, b, facts.details));
}

function addMatching(
  candidates: Rule[],
  rules: readonly Rule[] | undefined,
  facts: FailureFacts,
): void {
  if (rules === undefined) return;
  for (const rule of rules) if (matchesRule(rule, facts)) candidates.push(rule);
}

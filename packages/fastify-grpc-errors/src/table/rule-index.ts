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

/** The rules that one tenant and method leave, keyed by what else they ask of a failure. */
interface Scope {
  /** By code, sorted: rules that ask for nothing else, which is the whole answer for most failures. */
  readonly plain: readonly (readonly Rule[])[];
  /** By {@link infoKey}: rules that ask for a domain or a reason. */
  readonly byInfo: ReadonlyMap<string, readonly Rule[]>;
  /** By message name: rules that ask for a detail, and for no domain or reason. */
  readonly byDetail: ReadonlyMap<string, readonly Rule[]>;
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
  const ofInfo = left.filter((rule) => (rule.domain ?? rule.reason) !== undefined);
  const others = left.filter((rule) => !ofInfo.includes(rule));
  const ofDetail = others.filter((rule) => rule.detail !== undefined);
  const plain = others.filter((rule) => rule.detail === undefined);
  return {
    plain: Object.values(Code).map((code) =>
      plain.filter((rule) => rule.code === undefined || rule.code === code),
    ),
    byInfo: groupBy(ofInfo, (rule) => infoKey(rule.domain, rule.reason)),
    byDetail: groupBy(ofDetail, (rule) => rule.detail ?? ""),
  };
}

function groupBy(
  rules: readonly Rule[],
  keyOf: (rule: Rule) => string,
): ReadonlyMap<string, readonly Rule[]> {
  const groups = new Map<string, Rule[]>();
  for (const rule of rules) getOrAdd(groups, keyOf(rule), () => []).push(rule);
  return groups;
}

function matchScope(scope: Scope, facts: FailureFacts): readonly Rule[] {
  // A gateway's failure is only for rules that name its domain, which are never plain.
  const plain = facts.gateway ? [] : (scope.plain[facts.code] ?? []);
  if (facts.details.length === 0) return plain;
  const { domain, reason } = facts;
  const keys = new Set([
    infoKey(domain, reason),
    infoKey(undefined, reason),
    infoKey(domain, undefined),
  ]);
  const candidates = [
    ...[...keys].flatMap((key) => scope.byInfo.get(key) ?? []),
    ...[...new Set(facts.details)].flatMap((detail) => scope.byDetail.get(detail) ?? []),
  ].filter((rule) => matchesRule(rule, facts));
  if (candidates.length === 0) return plain;
  return [...candidates, ...plain].sort((a, b) => comparePrecedence(a, b, facts.details));
}

function infoKey(domain: string | undefined, reason: string | undefined): string {
  return `${domain ?? ""}\0${reason ?? ""}`;
}

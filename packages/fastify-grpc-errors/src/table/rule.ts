import type { Code, ErrorOutcome, FailureOrigin } from "grpc-transcoding";
import { gatewayDomain } from "grpc-transcoding/internal";

/** One row of the table in checked form. Entries of `codes` and of presets are rules too. */
export interface Rule {
  /** Where it was configured: `"rules[2]"`, `"codes.NOT_FOUND"`, `"preset rest"`. */
  readonly path: string;
  readonly preset: boolean;
  readonly tenant?: string;
  readonly method?: MethodPattern;
  readonly domain?: string;
  readonly reason?: string;
  readonly detail?: string;
  readonly code?: Code;
  readonly outcome: ErrorOutcome;
}

/** `"acme.v1.Library/GetBook"`, or all methods whose name starts with `prefix`. */
export interface MethodPattern {
  readonly text: string;
  readonly prefix: string;
  readonly exact: boolean;
}

/** What rules ask of a failure. */
export interface FailureFacts {
  readonly origin: FailureOrigin;
  readonly code: Code;
  readonly tenant: string | undefined;
  /** `"acme.v1.Library/GetBook"`. */
  readonly method: string | undefined;
  readonly domain: string | undefined;
  readonly reason: string | undefined;
  /** The full names of the details' messages in their order. */
  readonly details: readonly string[];
}

/** Whether all conditions of a rule hold. The gateway's own failures are only for rules that name its domain. */
export function matchesRule(rule: Rule, facts: FailureFacts): boolean {
  return (
    (facts.origin !== "gateway" || rule.domain === gatewayDomain) &&
    (rule.tenant === undefined || rule.tenant === facts.tenant) &&
    (rule.method === undefined ||
      (facts.method !== undefined && matchesMethod(rule.method, facts.method))) &&
    (rule.domain === undefined || rule.domain === facts.domain) &&
    (rule.reason === undefined || rule.reason === facts.reason) &&
    (rule.code === undefined || rule.code === facts.code) &&
    (rule.detail === undefined || facts.details.includes(rule.detail))
  );
}

/** Whether a method, as `"acme.v1.Library/GetBook"`, fits a pattern. */
export function matchesMethod(pattern: MethodPattern, method: string): boolean {
  return pattern.exact ? method === pattern.prefix : method.startsWith(pattern.prefix);
}

/**
 * Orders rules by precedence, the most specific first: tenant, then method (exact, then the longer
 * prefix), then domain and reason, reason, domain, then detail, then code; presets after all others.
 * Zero only for rules that differ in nothing but the values of their conditions.
 */
export function compareSpecificity(a: Rule, b: Rule): number {
  return (
    Number(a.preset) - Number(b.preset) ||
    rank(b.tenant) - rank(a.tenant) ||
    methodRank(b) - methodRank(a) ||
    infoRank(b) - infoRank(a) ||
    rank(b.detail) - rank(a.detail) ||
    rank(b.code) - rank(a.code)
  );
}

/**
 * The order in which matching rules decide one failure: by specificity; of two rules for different
 * details, the one whose detail stands first in the status.
 */
export function comparePrecedence(a: Rule, b: Rule, details: readonly string[]): number {
  const order = compareSpecificity(a, b);
  if (order !== 0 || a.detail === undefined || b.detail === undefined) return order;
  return details.indexOf(a.detail) - details.indexOf(b.detail);
}

function rank(condition: unknown): number {
  return condition === undefined ? 0 : 1;
}

function methodRank({ method }: Rule): number {
  if (method === undefined) return -1;
  return method.exact ? Number.MAX_SAFE_INTEGER : method.prefix.length;
}

function infoRank(rule: Rule): number {
  return 2 * rank(rule.reason) + rank(rule.domain);
}

import type { MethodSchema } from "../model/schema.ts";
import { type HttpRule, HttpRuleSyntaxError, readHttpRule } from "./http-rule.ts";
import type { RuleProblem, RuleProblemCode } from "./rule-problem.ts";

/** A rule with the methods that it is for. */
export interface SelectedRule {
  readonly rule: HttpRule;
  readonly selector: string;
  /** Where it stands, for messages: `http.rules[3]`. */
  readonly option: string;
}

const selectorSyntax = /^(?:\*|[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*(?:\.\*)?)$/;

/**
 * Reads the rules of a service config (google.api.Service: `{ http: { rules: [...] } }`, its other keys
 * are left alone), of a google.api.Http (`{ rules: [...] }`), or of a plain list. Bad ones are added to
 * `problems` and left out.
 */
export function readServiceConfig(config: unknown, problems: RuleProblem[]): SelectedRule[] {
  const found = findRules(config);
  if (found === undefined) {
    const what = "expected http.rules with a list of rules, or the list itself";
    problems.push(problem("rules", "GW_RULE_SYNTAX", what));
    return [];
  }
  const selected: SelectedRule[] = [];
  for (const [index, item] of found.rules.entries()) {
    const option = `${found.option}[${index}]`;
    const rule = readRule(item, option, problems);
    if (rule?.selector !== undefined) selected.push({ rule, selector: rule.selector, option });
  }
  return selected;
}

/** Whether a selector (`pkg.Service.Method`, `pkg.Service.*`, `pkg.*`, `*`) names a method. */
export function selects(selector: string, method: MethodSchema): boolean {
  const name = `${method.service.name}.${method.name}`;
  if (selector === "*") return true;
  return selector.endsWith(".*") ? name.startsWith(selector.slice(0, -1)) : name === selector;
}

function readRule(item: unknown, option: string, problems: RuleProblem[]): HttpRule | undefined {
  try {
    const rule = readHttpRule(item);
    const wrong = checkSelector(rule.selector);
    if (wrong === undefined) return rule;
    problems.push(problem(option, "GW_SELECTOR_SYNTAX", wrong));
  } catch (error) {
    if (!(error instanceof HttpRuleSyntaxError)) throw error;
    problems.push(problem(option, "GW_RULE_SYNTAX", error.message));
  }
  return undefined;
}

function checkSelector(selector: string | undefined): string | undefined {
  if (selector === undefined) return "the rule has no selector; name a method: pkg.Service.Method";
  if (selectorSyntax.test(selector)) return undefined;
  const quoted = JSON.stringify(selector);
  if (/[,\s]/.test(selector))
    return `selector ${quoted} names several methods; write a rule for each`;
  if (selector.includes("/")) return `selector ${quoted} has a slash; write pkg.Service.Method`;
  return `selector ${quoted} must be pkg.Service.Method, or end in ".*"`;
}

/** What messages about the rules of a method begin with, and what went wrong there. */
export function problem(
  option: string,
  code: RuleProblemCode,
  what: string,
  severity: RuleProblem["severity"] = "error",
): RuleProblem {
  return { code, severity, message: `${option}: ${what}`, location: undefined };
}

function findRules(config: unknown): { rules: readonly unknown[]; option: string } | undefined {
  if (Array.isArray(config)) return { rules: config, option: "rules" };
  if (typeof config !== "object" || config === null) return undefined;
  const { http, rules } = config as { http?: { rules?: unknown } | null; rules?: unknown };
  if (Array.isArray(http?.rules)) return { rules: http.rules, option: "http.rules" };
  return Array.isArray(rules) ? { rules, option: "rules" } : undefined;
}

import type { HttpBinding, MethodSchema, Schema } from "../model/schema.ts";
import { isDownload } from "./is-download.ts";
import { type ResolveBindingsOptions, resolveBindings } from "./resolve-bindings.ts";
import type { RuleProblem } from "./rule-problem.ts";
import { problem, readServiceConfig, type SelectedRule, selects } from "./service-config.ts";

/** Where bindings come from beside the annotations. */
export interface BindingSources {
  /**
   * Rules with selectors, as plain data: a service config (`{ http: { rules: [...] } }`), or a list of
   * rules. Where several select one method, the last one wins (google/api/http.proto).
   */
  readonly rules?: unknown;
  /** Whether the rules stand beside the annotations of their methods or replace them. @default "add" */
  readonly rulesMode?: "add" | "override";
  /** Gives each method without a binding `POST /package.Service/Method` with body `*`. @default false */
  readonly generateUnboundMethods?: boolean;
  /** As {@link ResolveBindingsOptions} has it, for `rules`. @default "reject" */
  readonly repeatedPathVariables?: "reject" | "csv";
  /**
   * Selectors (`pkg.Service.Method`, `pkg.Service.*`, `pkg.*`, `*`) of downloads that answer `Range`, beside those that
   * declare it by annotation. @default none
   */
  readonly ranges?: readonly string[];
}

/** The bindings of a schema from all sources. */
export interface CollectedBindings {
  /** In the order of the methods; of each method its rules first, then its annotations. */
  readonly bindings: readonly HttpBinding[];
  /** The methods that have none. */
  readonly unbound: readonly MethodSchema[];
  /** What is wrong with `rules` and `ranges`; annotations were checked when the schema was made. */
  readonly problems: readonly RuleProblem[];
}

/** Joins the annotations of a schema with the other sources. See {@link throwRuleErrors}. */
export function collectBindings(
  { services }: Pick<Schema, "services">,
  sources: BindingSources,
): CollectedBindings {
  const { rules, rulesMode = "add", generateUnboundMethods = false } = sources;
  const { repeatedPathVariables = "reject" } = sources;
  const problems: RuleProblem[] = [];
  const selected = rules === undefined ? [] : readServiceConfig(rules, problems);
  const methods = services.flatMap((service) => service.methods);
  for (const one of selected) checkSelected(one, methods, problems);

  const source = Array.isArray(rules) ? "api" : "config";
  const bindings: HttpBinding[] = [];
  const unbound: MethodSchema[] = [];
  for (const method of methods) {
    const own = selected.findLast(({ selector }) => selects(selector, method));
    let found: readonly HttpBinding[] = method.bindings;
    if (own !== undefined) {
      const added = resolveBindings(method, own.rule, {
        source,
        location: undefined,
        place: own.option,
        problems,
        repeatedPathVariables,
      });
      found = rulesMode === "override" ? added : join(added, method.bindings);
    } else if (found.length === 0 && generateUnboundMethods) {
      found = resolveBindings(
        method,
        { post: method.path, body: "*" },
        { source: "unbound", location: method.location, problems },
      );
    }
    if (found.length === 0) unbound.push(method);
    bindings.push(...found);
  }
  return { bindings: withRanges(bindings, sources.ranges ?? [], problems), unbound, problems };
}

/** The same bindings, those marked whose methods are named by a selector. Other tenants may have what one lacks. */
function withRanges(
  bindings: readonly HttpBinding[],
  selectors: readonly string[],
  problems: RuleProblem[],
): readonly HttpBinding[] {
  const marked = new Set<HttpBinding>();
  for (const [i, selector] of selectors.entries()) {
    const found = bindings.filter((one) => isDownload(one) && selects(selector, one.method));
    for (const one of found) marked.add(one);
    if (found.length > 0) continue;
    const what = `selector ${JSON.stringify(selector)} names no method with a GET that answers google.api.HttpBody`;
    problems.push(problem(`streaming.ranges[${i}]`, "GW_SELECTOR_UNMATCHED", what, "warning"));
  }
  if (marked.size === 0) return bindings;
  return bindings.map((one) => (marked.has(one) ? { ...one, ranges: true } : one));
}

/** An index tells the bindings of a method apart, so those of the annotation move behind the rule's. */
function join(added: readonly HttpBinding[], annotated: readonly HttpBinding[]): HttpBinding[] {
  const first = added.reduce((next, { index }) => Math.max(next, index + 1), 0);
  return [...added, ...annotated.map((one) => ({ ...one, index: one.index + first }))];
}

/** A config may speak of services that are not loaded; a method that a loaded service lacks is a typo. */
function checkSelected(
  { selector, option }: SelectedRule,
  methods: readonly MethodSchema[],
  problems: RuleProblem[],
): void {
  if (methods.some((method) => selects(selector, method))) return;
  const serviceName = selector.slice(0, selector.lastIndexOf("."));
  const names = methods
    .filter(({ service }) => service.name === serviceName)
    .map(({ name }) => name);
  const what = `selector ${JSON.stringify(selector)} names no method`;
  problems.push(
    names.length === 0
      ? problem(option, "GW_SELECTOR_UNMATCHED", `${what} of the loaded services`, "warning")
      : problem(option, "GW_SELECTOR_UNMATCHED", `${what} of ${serviceName} (${names.join(", ")})`),
  );
}

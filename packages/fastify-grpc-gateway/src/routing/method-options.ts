import type { EventFields, MethodSchema, RestRule, Schema } from "grpc-transcoding";
import { type RuleWords, resolveEventFields, resolveRestRule } from "grpc-transcoding/internal";
import { FST_GRPC_OPTION } from "../errors.ts";
import type { MethodHttpOptions } from "../options/gateway-options.ts";
import type { ResolvedOptions } from "../options/resolved-options.ts";

type Options = Pick<ResolvedOptions, "deadline" | "methods" | "streaming">;

/** What options and annotations say of single methods: the options win. */
export interface MethodOptions {
  /** The method's own deadline in milliseconds, `maxMs` at most; undefined where it has none. */
  deadlineMsOf(method: MethodSchema): number | undefined;
  /** Throws FST_GRPC_OPTION for a path of the option that the method does not have. */
  eventsOf(method: MethodSchema): EventFields;
  /** Throws FST_GRPC_OPTION for what an option says of the one method, and it cannot have. */
  restOf(method: MethodSchema): RestRule;
}

/** Compiles the options that are given by method. */
export function methodOptions({ deadline, methods, streaming }: Options): MethodOptions {
  const times = byExactness(deadline.methods);
  const rules = byExactness(methods);
  const events = new Map(Object.entries(streaming.events));
  return {
    deadlineMsOf(method) {
      const name = nameOf(method);
      const found = times.find(({ pattern }) => isMatch(pattern, name));
      const ms = found === undefined ? method.deadlineMs : found.value;
      return ms === undefined ? undefined : Math.min(ms, deadline.maxMs);
    },
    eventsOf(method) {
      const name = nameOf(method);
      const given = events.get(name);
      if (given === undefined) return method.events;
      const own = resolveEventFields(method, given, (member, what) => {
        throw new FST_GRPC_OPTION(
          `option "streaming.events[${JSON.stringify(name)}].${member}": ${what}`,
        );
      });
      return { ...method.events, ...own };
    },
    restOf(method) {
      const name = nameOf(method);
      const given = rules.filter(({ pattern }) => isMatch(pattern, name)).reverse();
      if (given.length === 0) return method.rest;
      const own = given.map(({ pattern, value }) => ruleOf(method, pattern, value));
      return Object.assign({}, method.rest, ...own);
    },
  };
}

/** Names before prefixes, and longer prefixes before shorter ones. */
function byExactness<T>(
  entries: Readonly<Record<string, T>>,
): { readonly pattern: string; readonly value: T }[] {
  const list = Object.entries(entries).map(([pattern, value]) => ({ pattern, value }));
  return list.sort((a, b) => exactness(b.pattern) - exactness(a.pattern));
}

/** What an option says of a method; of what is said of many, what this one can have. */
function ruleOf(method: MethodSchema, pattern: string, words: MethodHttpOptions): RestRule {
  const wrong = new Set<string>();
  const rule = resolveRestRule(method, words as RuleWords, (member, what) => {
    if (!pattern.endsWith("*")) {
      throw new FST_GRPC_OPTION(`option "methods[${JSON.stringify(pattern)}].${member}": ${what}`);
    }
    wrong.add(member.split(/[.[]/, 1)[0] ?? "");
  });
  return Object.fromEntries(Object.entries(rule).filter(([member]) => !wrong.has(member)));
}

/** Throws FST_GRPC_OPTION for a name in the options by method that is no method of the schema, nor the start of one. */
export function requireMethodNames(
  { services }: Schema,
  { deadline, methods, streaming }: Options,
): void {
  const names = services.flatMap(({ methods }) => methods.map(nameOf));
  const require = (option: string, pattern: string): void => {
    if (names.some((name) => isMatch(pattern, name))) return;
    throw new FST_GRPC_OPTION(
      `option "${option}": ${JSON.stringify(pattern)} is no method; there are ${names.slice(0, 10).join(", ") || "none"}${names.length > 10 ? ` and ${names.length - 10} more` : ""}`,
    );
  };
  for (const pattern of Object.keys(deadline.methods)) require("deadline.methods", pattern);
  for (const pattern of Object.keys(methods)) require("methods", pattern);
  for (const name of Object.keys(streaming.events)) require("streaming.events", name);
}

function nameOf({ service, name }: MethodSchema): string {
  return `${service.name}.${name}`;
}

function isMatch(pattern: string, name: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}

function exactness(pattern: string): number {
  return pattern.endsWith("*") ? pattern.length : Number.POSITIVE_INFINITY;
}

import type { MethodSchema } from "grpc-transcoding";
import { type MatchesMethod, memberPath, quote } from "grpc-transcoding/internal";
import { FST_GRPC_IDEMPOTENCY_METHOD } from "../errors.ts";
import { read } from "../option/read.ts";
import { type KeyRule, readKeyRule } from "./key-rule.ts";

interface MethodPattern {
  readonly pattern: string;
  readonly matches: MatchesMethod;
  readonly rule: KeyRule | false;
}

/** Which methods take keys: by the option, and where it says nothing of a method, by its annotation. */
export class MethodRules {
  readonly #patterns: readonly MethodPattern[];
  readonly #known = new WeakMap<MethodSchema, KeyRule | false>();

  /** Reads the option `methods`. Throws FST_GRPC_IDEMPOTENCY_OPTION. */
  constructor(value: unknown) {
    const patterns = Object.entries(read.object(value, "methods")).map(([pattern, rule]) => ({
      pattern,
      matches: read.method(pattern, "methods"),
      rule: readKeyRule(rule, memberPath("methods", pattern)),
    }));
    // The one that says most decides: a method before its service, a service before its package.
    this.#patterns = patterns.sort((a, b) => weight(b.pattern) - weight(a.pattern));
  }

  /** The rule of a method; false for none, and for methods that stream. */
  of(method: MethodSchema): KeyRule | false {
    const known = this.#known.get(method);
    if (known !== undefined) return known;
    const rule = this.#find(method);
    this.#known.set(method, rule);
    return rule;
  }

  #find(method: MethodSchema): KeyRule | false {
    const { path, name, service, clientStreaming, serverStreaming } = method;
    if (clientStreaming || serverStreaming) return false;
    const called = { path, name, service: service.name };
    const own = this.#patterns.find(({ matches }) => matches(called));
    return own === undefined ? (method.idempotencyKey ?? false) : own.rule;
  }

  /** Throws FST_GRPC_IDEMPOTENCY_METHOD for a method that is named and is not there, or that streams. */
  requireMethods(methods: readonly MethodSchema[]): void {
    for (const { pattern } of this.#patterns) {
      if (pattern.endsWith("*")) continue;
      const method = methods.find(({ path }) => path === `/${pattern}`);
      if (method === undefined) throw wrong(pattern, "no gateway has this method");
      if (method.clientStreaming || method.serverStreaming) {
        throw wrong(pattern, "it streams: only an answer that is one message can be kept");
      }
    }
  }
}

function weight(pattern: string): number {
  return pattern.endsWith("*") ? pattern.length : Number.POSITIVE_INFINITY;
}

function wrong(pattern: string, fix: string): Error {
  return new FST_GRPC_IDEMPOTENCY_METHOD("methods", quote(pattern), fix);
}

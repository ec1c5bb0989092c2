import type { DescMethod } from "@bufbuild/protobuf";
import type { RestRule } from "../model/rest-rule.ts";
import type { EventFields, MethodSchema } from "../model/schema.ts";
import { type EventFieldNames, eventFieldNames, resolveEventFields } from "./event-fields.ts";
import { fullName, type OptionContext, readOption } from "./read-option.ts";
import { resolveRestRule } from "./rest/rest-rule.ts";
import type { RuledMethod } from "./rest/rule-words.ts";
import { declarationProblem } from "./schema-error.ts";

const option = "fastify.grpc.v1.method";

/** The value of an option's member, of whatever kind the user's copy of the file has it. */
function memberOf(desc: DescMethod, name: string, context: OptionContext): unknown {
  // Bytes that are no rule are told by whoever reads the errors.
  const rule = readOption(desc, option, { ...context, report: () => {} });
  return (Object(rule) as Readonly<Record<string, unknown>>)[name];
}

/**
 * The fields that `(fastify.grpc.v1.method).stream` names for server-sent events. Reports each that the method
 * cannot have, and leaves it out.
 */
export function readEventFields(
  method: Parameters<typeof resolveEventFields>[0] & Pick<MethodSchema, "desc">,
  context: OptionContext,
): EventFields {
  const { desc } = method;
  const rule = Object(memberOf(desc, "stream", context)) as Readonly<Record<string, unknown>>;
  const names: { -readonly [K in keyof EventFieldNames]: string } = {};
  for (const name of eventFieldNames) {
    const path = rule[name];
    if (typeof path === "string") names[name] = path;
  }
  return resolveEventFields(method, names, (name, what) => {
    const place = `(${option}).stream.${snakeCase(name)}: ${what}`;
    context.report(declarationProblem(fullName(desc), context.location, place));
  });
}

/**
 * The milliseconds of `(fastify.grpc.v1.method).deadline`; undefined where it says nothing. Reports one that is not
 * above zero.
 */
export function readDeadlineMs(desc: DescMethod, context: OptionContext): number | undefined {
  const duration = memberOf(desc, "deadline", context);
  if (duration === undefined) return undefined;
  const { seconds, nanos } = Object(duration) as { seconds?: unknown; nanos?: unknown };
  const ms = Number(seconds ?? 0) * 1_000 + Number(nanos ?? 0) / 1e6;
  if (ms > 0) return ms;
  const what = `(${option}).deadline: must be a time above zero`;
  context.report(declarationProblem(fullName(desc), context.location, what));
  return undefined;
}

// fastify.grpc.v1.IdempotencyRule.Key.
const keyRules: Readonly<Record<number, MethodSchema["idempotencyKey"]>> = {
  1: "required",
  2: "optional",
};

/** What `(fastify.grpc.v1.method).idempotency` says of keys; undefined for nothing. On a method that streams it is a problem. */
export function readIdempotencyKey(
  desc: DescMethod,
  context: OptionContext,
): MethodSchema["idempotencyKey"] {
  const rule = Object(memberOf(desc, "idempotency", context)) as { readonly key?: unknown };
  const key = keyRules[Number(rule.key)];
  if (key === undefined || desc.methodKind === "unary") return key;
  const what = `(${option}).idempotency: a method that streams has no answer that could be kept`;
  context.report(declarationProblem(fullName(desc), context.location, what));
  return undefined;
}

/**
 * What `(fastify.grpc.v1.method)` says of a method's HTTP requests and answers. Reports what the method cannot have, and
 * leaves it out.
 */
export function readRestRule(
  method: RuledMethod & Pick<MethodSchema, "desc">,
  context: OptionContext,
): RestRule {
  const { desc } = method;
  // Bytes that are no rule are told by whoever reads the errors.
  const rule = Object(readOption(desc, option, { ...context, report: () => {} }));
  return resolveRestRule(method, rule, (member, what) => {
    const place = `(${option}).${snakeCase(member)}: ${what}`;
    context.report(declarationProblem(fullName(desc), context.location, place));
  });
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

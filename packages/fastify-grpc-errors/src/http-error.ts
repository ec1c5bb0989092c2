import {
  codeName,
  type ErrorContext,
  type Failure,
  type HttpError,
  type MethodSchema,
} from "grpc-transcoding";
import { errorHeaders, isFieldValue, visibleStatus } from "grpc-transcoding/internal";
import type { ChosenRenderer } from "./body/choose-renderer.ts";
import type { ErrorAnswer, ErrorBody } from "./body/error-body.ts";
import { localizedMessages, preferLanguage } from "./body/localized-message.ts";
import { renderStatus } from "./body/status-body.ts";
import type { CompiledTable } from "./table/compile-table.ts";
import { factsOf } from "./table/failure-facts.ts";
import type { Rule } from "./table/rule.ts";

/** What the app adds to answers. */
export interface AnswerHooks {
  /** A renderer threw; the status body is sent in its place. */
  readonly onRenderError?: (error: unknown) => void;
  /** A service answered a method with a code that the method does not declare. */
  readonly onUndeclared?: (method: MethodSchema, failure: Failure) => void;
}

/** The HTTP answer of a table for one failure. Never throws. */
export function httpErrorOf(
  failure: Failure,
  context: ErrorContext,
  table: CompiledTable,
  renderer: ChosenRenderer,
  hooks: AnswerHooks,
): HttpError {
  const visible = visibleStatus(failure, context, table.checked);
  const facts = factsOf(failure, visible, context);
  const { statusCode, matched } = table.decide(facts, context.method, failure.http);
  reportUndeclared(failure, context, table, hooks);

  const headers = errorHeaders(statusCode, failure, visible, context);
  const vary = [...renderer.vary];
  let { message, details } = visible;
  let localized: ErrorAnswer["localized"];
  if (firstOutcome(matched, "stripDetails") === true) details = [];
  const replaced = firstOutcome(matched, "message");
  if (replaced !== undefined) message = replaced;
  else if (facts.details.includes("google.rpc.LocalizedMessage")) {
    const messages = localizedMessages(details);
    if (messages.length > 0) vary.push("accept-language");
    localized = preferLanguage(messages, context.acceptLanguage);
  }
  const answer = { statusCode, code: visible.code, message, localized, details, context };
  const { contentType, body, language } = renderBody(answer, renderer, hooks);
  headers["content-type"] = contentType;
  if (language !== undefined && isFieldValue(language)) headers["content-language"] = language;
  if (vary.length > 0) headers.vary = vary.join(", ");
  // The least specific first, so that a more specific rule's header stays.
  for (const { outcome } of matched.toReversed()) Object.assign(headers, outcome.headers);
  return { statusCode, headers, body };
}

function firstOutcome<K extends keyof Rule["outcome"]>(
  matched: readonly Rule[],
  member: K,
): Rule["outcome"][K] | undefined {
  return matched.find(({ outcome }) => outcome[member] !== undefined)?.outcome[member];
}

function renderBody(answer: ErrorAnswer, renderer: ChosenRenderer, hooks: AnswerHooks): ErrorBody {
  try {
    return renderer.render(answer);
  } catch (error) {
    hooks.onRenderError?.(error);
    return renderStatus(answer);
  }
}

/** Reports codes of services that declare errors, but not this one. */
function reportUndeclared(
  failure: Failure,
  { method }: ErrorContext,
  table: CompiledTable,
  { onUndeclared }: AnswerHooks,
): void {
  if (onUndeclared === undefined || method === undefined || failure.origin !== "service") return;
  const declared = table.errorsOf(method);
  const name = codeName(failure.status.code);
  if (declared.length > 0 && !ambient.has(name) && !declared.some(({ code }) => code === name)) {
    onUndeclared(method, failure);
  }
}

/** Codes that any call may end with, whatever the method does. */
const ambient: ReadonlySet<string> = new Set([
  "CANCELLED",
  "UNKNOWN",
  "DEADLINE_EXCEEDED",
  "UNIMPLEMENTED",
  "INTERNAL",
  "UNAVAILABLE",
]);

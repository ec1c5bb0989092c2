import { PathTemplateError, parsePathTemplate } from "../../http/parse-path-template.ts";
import type { FieldPath } from "../../model/field-path.ts";
import type { PathTemplate } from "../../model/path-template.ts";
import type { MessageTemplate, SuccessRule } from "../../model/rest-rule.ts";
import { isFieldValue } from "../../status/error-headers.ts";
import {
  type ReportMember,
  type RuledMethod,
  type RuleWords,
  resolveField,
  textField,
  textOf,
} from "./rule-words.ts";

/** Reads `success` of a rule. Reports what the method cannot have, and leaves that out. */
export function readSuccessRule(
  method: RuledMethod,
  words: RuleWords,
  report: ReportMember,
): SuccessRule {
  const isEmpty = words.noContent === true;
  if (isEmpty && method.output.typeName !== "google.protobuf.Empty") {
    report(
      "noContent",
      `the method answers a ${method.output.typeName}, not a google.protobuf.Empty`,
    );
  }
  const status = Number(words.status ?? 0) || (isEmpty ? 204 : 0);
  const statuses = (Array.isArray(words.statuses) ? words.statuses : []).map(Number);
  const location = textOf(words, "location");
  for (const [member, value] of [
    ["status", status === 0 ? 200 : status] as const,
    ...statuses.map((one, i) => [`statuses[${i}]`, one] as const),
  ]) {
    if (!isSuccess(value)) report(member, `${value} is not from 200 to 399`);
  }
  const cacheControl = textOf(words, "cacheControl");
  if (!isFieldValue(cacheControl)) {
    report("cacheControl", `${JSON.stringify(cacheControl)} is no value of a header`);
  }
  const isStream = method.serverStreaming;
  if (isStream && (status !== 0 || statuses.length > 0 || location !== "")) {
    report(
      "",
      "the method streams its responses: their status is 200, and nothing stands before them",
    );
  }
  return {
    status: status === 0 ? 200 : status,
    location: location === "" ? undefined : messageTemplate(method, location, report),
    statuses,
    cacheControl,
    setCookie: words.setCookie === true,
  };
}

function isSuccess(status: number): boolean {
  return Number.isInteger(status) && status >= 200 && status <= 399;
}

function messageTemplate(
  { output }: RuledMethod,
  text: string,
  report: ReportMember,
): MessageTemplate | undefined {
  const template = parse(text, report);
  if (template === undefined) return undefined;
  const what = (problem: string) => report("location", problem);
  const fields = template.variables.map(({ fieldPath }) =>
    resolveField(output, fieldPath, textField, what),
  );
  const resolved = fields.filter((field): field is FieldPath => field !== undefined);
  return resolved.length === fields.length ? { template, fields: resolved } : undefined;
}

function parse(text: string, report: ReportMember): PathTemplate | undefined {
  try {
    const template = parsePathTemplate(text);
    const { segments, variables } = template;
    const isFilled = segments.every(
      ({ kind }, i) =>
        kind === "literal" || variables.some(({ start, end }) => start <= i && i < end),
    );
    if (isFilled) return template;
    report("location", `a wildcard of ${JSON.stringify(text)} has no field: write {name=*}`);
  } catch (error) {
    if (!(error instanceof PathTemplateError)) throw error;
    report("location", error.message);
  }
  return undefined;
}

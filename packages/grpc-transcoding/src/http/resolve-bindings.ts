import { METHODS } from "node:http";
import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { isSpecialMessage, isTextualMessage } from "../json/well-known/special-messages.ts";
import { type FieldPath, FieldPathError, resolveFieldPath } from "../model/field-path.ts";
import type { PathTemplate, TemplateVariable } from "../model/path-template.ts";
import type {
  HttpBinding,
  MethodSchema,
  PathVariable,
  RuleSource,
  SourceLocation,
} from "../model/schema.ts";
import { type HttpRule, HttpRuleSyntaxError, readHttpRule, rulePatterns } from "./http-rule.ts";
import { isDownload } from "./is-download.ts";
import { PathTemplateError, parsePathTemplate } from "./parse-path-template.ts";
import { formatLocation, type RuleProblem, type RuleProblemCode } from "./rule-problem.ts";

/** Where a rule came from, and where its problems go. */
export interface ResolveBindingsOptions {
  readonly source: RuleSource;
  readonly location: SourceLocation | undefined;
  /** What messages begin with where the rule has no location: `http.rules[3]`. */
  readonly place?: string;
  /** All findings are appended here; a binding with an error is left out of the result. */
  readonly problems: RuleProblem[];
  /** Takes a body on GET and HEAD, which many HTTP clients and proxies drop. @default false */
  readonly allowBodyOnGet?: boolean;
  /** What a path variable on a repeated field is: an error, or a list with commas (grpc-gateway). @default "reject" */
  readonly repeatedPathVariables?: "reject" | "csv";
}

/**
 * The bindings of one google.api.HttpRule and its `additional_bindings`, checked against the method's
 * messages. `rule` is what {@link readHttpRule} takes. Never throws for a bad rule: see `problems`.
 */
export function resolveBindings(
  method: MethodSchema,
  rule: unknown,
  options: ResolveBindingsOptions,
): HttpBinding[] {
  const bindings: HttpBinding[] = [];
  let main: HttpRule;
  try {
    main = readHttpRule(rule);
  } catch (error) {
    if (!(error instanceof HttpRuleSyntaxError)) throw error;
    createReport(method, 0, undefined, options)("GW_RULE_SYNTAX", error.message);
    return bindings;
  }
  for (const [index, one] of [main, ...(main.additionalBindings ?? [])].entries()) {
    const binding = resolveBinding(method, one, index, options);
    if (binding !== undefined) bindings.push(binding);
  }
  return bindings;
}

type Report = (
  code: RuleProblemCode,
  what: string,
  severity?: RuleProblem["severity"],
) => undefined;

function createReport(
  method: MethodSchema,
  index: number,
  pattern: { httpMethod: string; template: string } | undefined,
  { location, place: option, problems }: ResolveBindingsOptions,
): Report {
  const additional = index === 0 ? "" : ` (additional_bindings[${index - 1}])`;
  const place = `${formatLocation(location) || (option ?? "")}${additional}`.trim();
  const rule = pattern && `${pattern.httpMethod} ${JSON.stringify(pattern.template)}`;
  const subject = [place, `${method.service.name}/${method.name}`, rule];
  return (code, what, severity = "error") => {
    const message = [...subject, what].filter(Boolean).join(": ");
    problems.push({ code, severity, message, location });
  };
}

function resolveBinding(
  method: MethodSchema,
  rule: HttpRule,
  index: number,
  options: ResolveBindingsOptions,
): HttpBinding | undefined {
  const [pattern, second] = rulePatterns(rule);
  const report = createReport(method, index, pattern, options);
  if (pattern === undefined) {
    return report(
      "GW_PATTERN_MISSING",
      "the rule has no pattern; add one of get, put, post, delete, patch, custom",
    );
  }
  if (second !== undefined) {
    return report(
      "GW_PATTERN_AMBIGUOUS",
      `the rule has a second pattern, ${second.httpMethod} ${JSON.stringify(second.template)}; move it to additional_bindings`,
    );
  }
  const before = options.problems.length;
  if (index > 0 && rule.additionalBindings?.length) {
    report(
      "GW_ADDITIONAL_BINDINGS_NESTED",
      "additional_bindings must not have additional_bindings",
    );
  }
  checkMethod(pattern.httpMethod, report);
  const template = parseTemplate(pattern.template, report);
  if (template === undefined) return undefined;
  const pathVariables = resolveVariables(method.input, template, options, report);
  const body = resolveBody(method.input, rule.body, pathVariables, report);
  if (body !== undefined) checkBodyMethod(pattern.httpMethod, options, report);
  const responseBody = resolveResponseBody(method.output, rule.responseBody, report);
  if (options.problems.slice(before).some(({ severity }) => severity === "error")) return undefined;
  warnUnbindable(method.input, body, report);
  return {
    method,
    index,
    httpMethod: pattern.httpMethod,
    template,
    pathVariables,
    body,
    responseBody,
    ranges: method.ranges && isDownload({ httpMethod: pattern.httpMethod, method, responseBody }),
    source: options.source,
    location: options.location,
  };
}

function checkMethod(httpMethod: string, report: Report): void {
  if (httpMethod === "*" || METHODS.includes(httpMethod)) return;
  const upper = httpMethod.toUpperCase();
  const fix = METHODS.includes(upper)
    ? `methods are case-sensitive: write ${upper}`
    : "Node's HTTP parser does not know it, so no such request arrives";
  report("GW_METHOD_INVALID", `${JSON.stringify(httpMethod)} is not a method: ${fix}`);
}

function parseTemplate(text: string, report: Report): PathTemplate | undefined {
  try {
    return parsePathTemplate(text);
  } catch (error) {
    if (!(error instanceof PathTemplateError)) throw error;
    return report("GW_TEMPLATE_SYNTAX", `${error.reason} (column ${error.column})`);
  }
}

function resolveVariables(
  input: DescMessage,
  template: PathTemplate,
  { repeatedPathVariables = "reject" }: ResolveBindingsOptions,
  report: Report,
): readonly PathVariable[] {
  const resolved: PathVariable[] = [];
  for (const [index, variable] of template.variables.entries()) {
    const subject = `path variable "${variable.fieldPath}"`;
    try {
      const field = resolveFieldPath(input, variable.fieldPath);
      checkVariable(field, variable, subject, repeatedPathVariables, report);
      resolved.push({ field, index });
    } catch (error) {
      if (!(error instanceof FieldPathError)) throw error;
      report(fieldPathCodes[error.reason], `${subject} ${error.message}`);
    }
  }
  return resolved;
}

const fieldPathCodes = {
  unknown: "GW_FIELD_UNKNOWN",
  repeated: "GW_FIELD_REPEATED",
  "not-message": "GW_FIELD_TYPE",
} as const;

function checkVariable(
  { fields }: FieldPath,
  variable: TemplateVariable,
  subject: string,
  repeated: "reject" | "csv",
  report: Report,
): void {
  const special = fields
    .slice(0, -1)
    .find((step) => step.message && isSpecialMessage(step.message));
  if (special !== undefined) {
    report(
      "GW_FIELD_TYPE",
      `${subject} goes into ${special.message?.typeName}, which is one value; bind "${special.name}"`,
    );
    return;
  }
  const field = fields[fields.length - 1] as DescField;
  const isList = field.fieldKind === "list" && field.listKind !== "message" && repeated === "csv";
  if (!isList && (field.fieldKind === "list" || field.fieldKind === "map")) {
    report("GW_FIELD_REPEATED", `${subject} is repeated; a path carries one value`);
  } else if (field.fieldKind === "message" && !isTextualMessage(field.message)) {
    report("GW_FIELD_TYPE", `${subject} is a ${field.message.typeName}; bind one of its fields`);
  } else if (variable.multiSegment && !isText(field)) {
    report("GW_FIELD_TYPE", `${subject} spans several segments but is not a string`);
  }
}

function isText(field: DescField): boolean {
  if (field.scalar !== undefined) return field.scalar === ScalarType.STRING;
  return field.message?.typeName === "google.protobuf.StringValue";
}

function resolveBody(
  input: DescMessage,
  body: string | undefined,
  variables: readonly PathVariable[],
  report: Report,
): "*" | DescField | undefined {
  if (body === undefined || body === "*") return body;
  const field = input.fields.find(({ name }) => name === body);
  if (field === undefined) {
    return report("GW_BODY_UNKNOWN", topLevelField(`body "${body}"`, input, body));
  }
  if (variables.some((variable) => variable.field.path === body)) {
    report(
      "GW_BODY_BOUND_BY_PATH",
      `body "${body}" is bound by the path as well; name another field`,
    );
  }
  return field;
}

function resolveResponseBody(
  output: DescMessage,
  responseBody: string | undefined,
  report: Report,
): DescField | undefined {
  if (responseBody === undefined) return undefined;
  const field = output.fields.find(({ name }) => name === responseBody);
  if (field !== undefined) return field;
  return report(
    "GW_RESPONSE_BODY_UNKNOWN",
    topLevelField(`response_body "${responseBody}"`, output, responseBody),
  );
}

function topLevelField(subject: string, message: DescMessage, name: string): string {
  const byJsonName = message.fields.find((field) => field.jsonName === name);
  const hint = byJsonName
    ? `did you mean "${byJsonName.name}"? Rules use proto names`
    : `fields: ${message.fields.map((field) => field.name).join(", ") || "none"}`;
  return `${subject} must be one top-level field of ${message.typeName} (${hint})`;
}

function checkBodyMethod(
  httpMethod: string,
  { allowBodyOnGet = false }: ResolveBindingsOptions,
  report: Report,
): void {
  if ((httpMethod === "GET" || httpMethod === "HEAD") && !allowBodyOnGet) {
    report("GW_BODY_ON_GET", `a ${httpMethod} request has no body; remove body, or use POST`);
  } else if (httpMethod === "DELETE") {
    report("GW_BODY_ON_DELETE", "many clients and proxies drop the body of a DELETE", "warning");
  }
}

/** Fields that no request of this binding can set, since only the query is left for them. */
function warnUnbindable(
  input: DescMessage,
  body: "*" | DescField | undefined,
  report: Report,
): void {
  if (body === "*") return;
  const lost = input.fields.filter((field) => field !== body && !isQueryField(field));
  if (lost.length === 0) return;
  const names = lost.map((field) => field.name).join(", ");
  report("GW_QUERY_UNBINDABLE", `no query parameter can carry ${names}; name a body`, "warning");
}

function isQueryField(field: DescField): boolean {
  if (field.message === undefined || isTextualMessage(field.message)) return true;
  return field.fieldKind === "message" && !isSpecialMessage(field.message);
}

import type { FileRegistry } from "@bufbuild/protobuf";
import { resolveBindings } from "../http/resolve-bindings.ts";
import type { RuleProblem } from "../http/rule-problem.ts";
import type { HttpBinding, MethodSchema } from "../model/schema.ts";
import { readOption } from "./read-option.ts";
import type { ReportProblem } from "./schema-error.ts";

interface BindingContext {
  readonly registry: FileRegistry;
  readonly report: ReportProblem;
  readonly warn: ReportProblem;
  readonly repeatedPathVariables: "reject" | "csv";
}

/** The bindings of a method by its `google.api.http` annotation (google/api/annotations.proto). */
export function resolveMethodBindings(
  method: MethodSchema,
  { registry, report, warn, repeatedPathVariables }: BindingContext,
): readonly HttpBinding[] {
  const { location } = method;
  const rule = readOption(method.desc, "google.api.http", { registry, location, report });
  if (rule === undefined) return [];
  const problems: RuleProblem[] = [];
  const bindings = resolveBindings(method, rule, {
    source: "annotation",
    location,
    problems,
    repeatedPathVariables,
  });
  for (const problem of problems) (problem.severity === "error" ? report : warn)(problem);
  return bindings;
}

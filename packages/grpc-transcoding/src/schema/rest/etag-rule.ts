import { type DescField, ScalarType } from "@bufbuild/protobuf";
import type { FieldPath } from "../../model/field-path.ts";
import type { EtagRule } from "../../model/rest-rule.ts";
import {
  headerFieldProblem,
  type ReportMember,
  type RuledMethod,
  type RuleWords,
  resolveField,
  textOf,
} from "./rule-words.ts";

/** Reads `etag` of a rule. Reports what the method cannot have, and leaves that out. */
export function readEtagRule(
  method: RuledMethod,
  words: RuleWords,
  report: ReportMember,
): EtagRule {
  const fieldOf = (member: "field" | "ifMatch"): FieldPath | undefined => {
    const path = textOf(words, member);
    if (path === "") return undefined;
    const message = member === "field" ? method.output : method.input;
    return resolveField(message, path, tagField, (what) => report(member, what));
  };
  const rule = {
    field: fieldOf("field"),
    ifMatch: fieldOf("ifMatch"),
    required: words.required === true,
    bare: words.bare === true,
    hash: words.hash === true,
  };
  checkTogether(method, rule, report);
  return rule;
}

function checkTogether(method: RuledMethod, rule: EtagRule, report: ReportMember): void {
  const { field, ifMatch, required, hash } = rule;
  if (hash && field !== undefined) report("hash", "the response has a field for it: leave out one");
  if (required && ifMatch === undefined) {
    report("required", "name the request field that takes the header: if_match");
  }
  if ((hash || field !== undefined) && method.serverStreaming) {
    report("", "the method streams its responses, which have no one state");
  }
  const problem = ifMatch && headerFieldProblem(method, ifMatch.path);
  if (problem !== undefined) report("ifMatch", problem);
  if (ifMatch !== undefined && method.clientStreaming) {
    report("ifMatch", "the method streams its requests, so that no one request can take it");
  }
}

const tagField = {
  is: "a string, and not repeated",
  accepts: (field: DescField): boolean =>
    field.fieldKind === "scalar" && field.scalar === ScalarType.STRING,
};

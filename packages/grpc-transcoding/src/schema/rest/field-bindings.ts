import { isLegalKey } from "../../model/metadata-value.ts";
import { isDeniedResponseHeader } from "../../model/reserved-keys.ts";
import type { FieldHeader, FieldSource } from "../../model/rest-rule.ts";
import {
  headerFieldProblem,
  type ReportMember,
  type RuledMethod,
  type RuleWords,
  resolveField,
  textField,
  textOf,
} from "./rule-words.ts";

/** Reads one of a rule's `sources`; undefined for one that is reported. */
export function readFieldSource(
  method: RuledMethod,
  words: RuleWords,
  report: ReportMember,
): FieldSource | undefined {
  const named = nameOf(words);
  if (named === undefined) {
    report("", 'name where the value comes from: header: "x-tier", or cookie: "tier"');
    return undefined;
  }
  if (method.clientStreaming) {
    report("", "the method streams its requests, so that no one request can take it");
    return undefined;
  }
  const path = textOf(words, "field");
  const field = resolveField(method.input, path, textField, (what) => report("field", what));
  const problem = headerFieldProblem(method, path);
  if (problem !== undefined) report("field", problem);
  const name = named.in === "header" ? named.name.toLowerCase() : named.name;
  if (!isLegalKey(name.toLowerCase())) {
    report(named.in, `${JSON.stringify(name)} is no name of a ${named.in}`);
  }
  return field && { field, in: named.in, name, required: words.required === true };
}

/** Reads one of a rule's `headers`; undefined for one that is reported. */
export function readFieldHeader(
  method: RuledMethod,
  words: RuleWords,
  report: ReportMember,
): FieldHeader | undefined {
  const header = textOf(words, "header").toLowerCase();
  if (!isLegalKey(header)) {
    report("header", `${JSON.stringify(header)} is no name of a header`);
  } else if (isDeniedResponseHeader(header)) {
    report("header", `${JSON.stringify(header)} belongs to HTTP itself`);
  }
  if (method.serverStreaming) report("", "the method streams its responses: no one has the header");
  const path = textOf(words, "field");
  const field = resolveField(method.output, path, textField, (what) => report("field", what));
  return field && { header, field };
}

/** The words of the annotation have a oneof, as @bufbuild/protobuf represents it; those of an option a member. */
function nameOf(words: RuleWords): Pick<FieldSource, "in" | "name"> | undefined {
  const oneof = Object(words.source) as { case?: unknown; value?: unknown };
  const names = (["header", "cookie"] as const).flatMap((kind) => {
    const name = oneof.case === kind ? String(oneof.value) : textOf(words, kind);
    return name === "" ? [] : [{ in: kind, name }];
  });
  return names.length === 1 ? names[0] : undefined;
}

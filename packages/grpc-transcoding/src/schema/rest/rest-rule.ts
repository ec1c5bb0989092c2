import type { RestRule } from "../../model/rest-rule.ts";
import { readEtagRule } from "./etag-rule.ts";
import { readFieldHeader, readFieldSource } from "./field-bindings.ts";
import { readMediaTypes } from "./media-types.ts";
import { readQueryRule } from "./query-rule.ts";
import {
  listOf,
  type ReportMember,
  type RuledMethod,
  type RuleWords,
  wordsOf,
} from "./rule-words.ts";
import { readSuccessRule } from "./success-rule.ts";

/**
 * Resolves a method's rule from the words of its annotation or of an option. What the method cannot have is told by
 * `report`, with the member that is wrong, and left out.
 */
export function resolveRestRule(
  method: RuledMethod,
  words: RuleWords,
  report: ReportMember,
): RestRule {
  const inside =
    (place: string): ReportMember =>
    (member, what) =>
      report(member === "" ? place : `${place}.${member}`, what);
  const success = wordsOf(words, "success");
  const etag = wordsOf(words, "etag");
  const sources = listOf(words, "sources").flatMap(
    (one, i) => readFieldSource(method, one, inside(`sources[${i}]`)) ?? [],
  );
  const query = wordsOf(words, "query");
  const produces = readMediaTypes(words, "produces", report);
  const consumes = readMediaTypes(words, "consumes", report);
  const headers = listOf(words, "headers").flatMap(
    (one, i) => readFieldHeader(method, one, inside(`headers[${i}]`)) ?? [],
  );
  return {
    ...(success && { success: readSuccessRule(method, success, inside("success")) }),
    ...(etag && { etag: readEtagRule(method, etag, inside("etag")) }),
    ...(sources.length > 0 && { sources }),
    ...(headers.length > 0 && { headers }),
    ...(produces.length > 0 && { produces }),
    ...(consumes.length > 0 && { consumes }),
    ...(query && { query: readQueryRule(query, inside("query")) }),
  };
}

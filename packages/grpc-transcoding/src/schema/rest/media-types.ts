import type { ReportMember, RuleWords } from "./rule-words.ts";

/** RFC 6838, section 4.2; a `*` behind the slash stands for all of a type. */
const mediaType = /^[\w!#$&^.+-]+\/(?:[\w!#$&^.+-]+|\*)$/;

/** Reads `produces` or `consumes` of a rule. Reports what is no media type, and leaves it out. */
export function readMediaTypes(
  words: RuleWords,
  name: "produces" | "consumes",
  report: ReportMember,
): readonly string[] {
  const value = words[name];
  const types = Array.isArray(value) ? value.map(String) : [];
  return types.flatMap((type, i) => {
    const isWide = name === "produces" && type.endsWith("*");
    if (mediaType.test(type) && !isWide) return [type.toLowerCase()];
    report(`${name}[${i}]`, `${JSON.stringify(type)} is no media type such as "text/csv"`);
    return [];
  });
}

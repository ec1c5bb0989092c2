import type { SchemaObject } from "../model/openapi.ts";
import type { TypeRules } from "../validate/field-rules.ts";

const formats: Readonly<Record<string, string>> = {
  email: "email",
  hostname: "hostname",
  ipv4: "ipv4",
  ipv6: "ipv6",
  uri: "uri",
  uriRef: "uri-reference",
  uuid: "uuid",
};

/** Keywords for the rules of a string. Lengths are code points on both sides; rules in bytes have no keyword. */
export function stringKeywords(rules: TypeRules): SchemaObject {
  const keywords: SchemaObject = {};
  const patterns: string[] = [];
  const length = numberOf(rules.len);
  const minLength = length ?? numberOf(rules.minLen);
  const maxLength = length ?? numberOf(rules.maxLen);
  if (minLength !== undefined) keywords.minLength = minLength;
  if (maxLength !== undefined) keywords.maxLength = maxLength;
  for (const [rule, format] of Object.entries(formats)) {
    if (rules[rule] === true) keywords.format = format;
  }
  if (rules.ip === true) keywords.anyOf = [{ format: "ipv4" }, { format: "ipv6" }];
  if (rules.address === true) {
    keywords.anyOf = [{ format: "hostname" }, { format: "ipv4" }, { format: "ipv6" }];
  }
  if (rules.tuuid === true) patterns.push("^[0-9a-fA-F]{32}$");
  if (typeof rules.pattern === "string") {
    if (isPortable(rules.pattern)) patterns.push(rules.pattern);
    else keywords["x-pattern-re2"] = rules.pattern;
  }
  if (typeof rules.prefix === "string") patterns.push(`^${quoteRegExp(rules.prefix)}`);
  if (typeof rules.suffix === "string") patterns.push(`${quoteRegExp(rules.suffix)}$`);
  if (typeof rules.contains === "string") patterns.push(quoteRegExp(rules.contains));
  if (typeof rules.notContains === "string") {
    keywords.not = { pattern: quoteRegExp(rules.notContains) };
  }
  const [only] = patterns;
  if (patterns.length === 1 && only !== undefined) keywords.pattern = only;
  else if (patterns.length > 1) keywords.allOf = patterns.map((pattern) => ({ pattern }));
  return keywords;
}

/** A number of ProtoJSON, where 64-bit values are strings. */
export function numberOf(value: unknown): number | undefined {
  return value === undefined ? undefined : Number(value);
}

// JSON Schema's patterns are ECMA-262 with the u flag; RE2's own syntax does not compile there.
function isPortable(pattern: string): boolean {
  if (/\[\[:|\\[AzQECa]|\\pN|\(\?[a-zA-Z-]+[:)]|\(\?P</.test(pattern)) return false;
  try {
    new RegExp(pattern, "u");
    return true;
  } catch {
    return false;
  }
}

function quoteRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

/**
 * A google.api.HttpRule as plain data, in the names of its JSON form. One pattern of `get` to `custom`.
 * Source: google/api/http.proto.
 */
export interface HttpRule {
  /** The method or methods, in a service config: `library.v1.LibraryService.GetBook`. */
  readonly selector?: string;
  readonly get?: string;
  readonly put?: string;
  readonly post?: string;
  readonly delete?: string;
  readonly patch?: string;
  readonly custom?: { readonly kind: string; readonly path: string };
  /** `"*"`, the name of one top-level request field, or nothing. */
  readonly body?: string;
  /** The name of one top-level response field, or nothing. */
  readonly responseBody?: string;
  readonly additionalBindings?: readonly HttpRule[];
}

/** Thrown by {@link readHttpRule} for data that is not an HttpRule. The message names the key. */
export class HttpRuleSyntaxError extends Error {
  override readonly name = "HttpRuleSyntaxError";
}

const patterns = ["get", "put", "post", "delete", "patch"] as const;

/**
 * Reads an HttpRule from what the sources of rules give: a message of @bufbuild/protobuf
 * (`pattern: { case, value }`), or a plain object in lowerCamelCase or snake_case names (service config
 * JSON or YAML). Empty strings are unset. Throws an {@link HttpRuleSyntaxError} for anything else.
 */
export function readHttpRule(input: unknown): HttpRule {
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    throw new HttpRuleSyntaxError('an HTTP rule must be an object such as { get: "/v1/books" }');
  }
  const source = "$typeName" in input ? spreadPattern(input) : input;
  const rule: { -readonly [key in keyof HttpRule]: HttpRule[key] } = {};
  for (const [written, value] of Object.entries(source)) {
    if (value === undefined || value === null || value === "") continue;
    const key = written.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    if (isPattern(key) || key === "selector" || key === "body" || key === "responseBody") {
      rule[key] = readText(written, value);
    } else if (key === "custom") {
      rule.custom = readCustom(value);
    } else if (key === "additionalBindings") {
      rule.additionalBindings = readList(written, value).map(readHttpRule);
    } else {
      throw new HttpRuleSyntaxError(`${JSON.stringify(written)} is not a key of an HTTP rule`);
    }
  }
  return rule;
}

/** The patterns that a rule has, as HTTP method and template. A valid rule has exactly one. */
export function rulePatterns(rule: HttpRule): { httpMethod: string; template: string }[] {
  const found: { httpMethod: string; template: string }[] = [];
  for (const key of patterns) {
    const template = rule[key];
    if (template !== undefined) found.push({ httpMethod: key.toUpperCase(), template });
  }
  if (rule.custom) found.push({ httpMethod: rule.custom.kind, template: rule.custom.path });
  return found;
}

function isPattern(key: string): key is (typeof patterns)[number] {
  return (patterns as readonly string[]).includes(key);
}

/** A protobuf message keeps its oneof under one key and its unknown fields under `$` keys. */
function spreadPattern(message: object): object {
  const { pattern, ...rest } = message as {
    pattern?: { case?: string | undefined; value?: unknown };
    [key: string]: unknown;
  };
  const own = Object.entries(rest).filter(([key]) => !key.startsWith("$"));
  const rule = Object.fromEntries(own);
  if (pattern?.case !== undefined) rule[pattern.case] = pattern.value;
  return rule;
}

function readText(key: string, value: unknown): string {
  if (typeof value === "string") return value;
  throw new HttpRuleSyntaxError(`${JSON.stringify(key)} must be a string`);
}

function readCustom(value: unknown): { kind: string; path: string } {
  const { kind, path } = Object(value) as { kind?: unknown; path?: unknown };
  if (typeof kind === "string" && typeof path === "string" && kind !== "") return { kind, path };
  throw new HttpRuleSyntaxError('"custom" must be { kind: "HEAD", path: "/v1/books" }');
}

function readList(key: string, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new HttpRuleSyntaxError(`${JSON.stringify(key)} must be a list`);
}

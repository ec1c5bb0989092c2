import type { MetadataEntries } from "../model/metadata.ts";
import { isLegalKey, isLegalText, toHeaderText } from "../model/metadata-value.ts";
import { isDeniedResponseHeader } from "../model/reserved-keys.ts";
import { type HeaderPreset, type HeaderRules, matchNames, rememberNames } from "./header-rules.ts";

/** Headers by lower-case name, without a prototype; several values of a name as a list. */
export type ResponseHeaders = Record<string, string | string[]>;

/**
 * Compiled rules: the HTTP headers that a call's metadata makes. `statusCode` is that of the response: the
 * preset passes `location` with 201 and 3xx only; where rules name it, it passes whatever the status.
 */
export type ResponseHeadersOf = (metadata: MetadataEntries, statusCode?: number) => ResponseHeaders;

/**
 * Compiles the rules by which response metadata becomes headers. Metadata that no rule names stays
 * inside, as do framing and hop-by-hop names, whatever the rules say, and text that would break a
 * header line. Bytes become base64. Throws a TypeError for a malformed rule.
 */
export function compileResponseHeaders(
  preset: HeaderPreset,
  rules: HeaderRules = {},
): ResponseHeadersOf {
  const nameOf = rememberNames(compileName(preset, rules));
  return (metadata, statusCode = 200) => {
    const headers: ResponseHeaders = Object.create(null);
    for (const [key, value] of metadata) {
      const { name, redirects } = nameOf(key);
      if (name === "" || (redirects && !mayRedirect(statusCode))) continue;
      // Blanks around a value are no part of it (RFC 9110, section 5.5); HTTP/2 clients drop a field that has some.
      const text = toHeaderText(value).trim();
      if (isLegalText(text)) add(headers, name, text);
    }
    return headers;
  };
}

/** What a key is as a header: its name, `""` for none, and whether it needs a status that has a target. */
interface HeaderName {
  readonly name: string;
  readonly redirects: boolean;
}

function compileName(
  preset: HeaderPreset,
  { allow = [], deny = [], rename }: HeaderRules,
): (key: string) => HeaderName {
  const isAllowed = matchNames(allow);
  const isDenied = matchNames(deny);
  const byPreset = presets[preset];
  return (rawKey) => {
    const key = rawKey.toLowerCase();
    const byRule = rename?.(key) ?? (isAllowed(key) ? key : undefined);
    const name = (byRule ?? byPreset(key)).toLowerCase();
    const stays =
      isDenied(key) ||
      isDenied(name) ||
      isDeniedResponseHeader(key) ||
      isDeniedResponseHeader(name);
    return {
      name: !stays && isLegalKey(name) ? name : "",
      redirects: name === "location" && byRule === undefined,
    };
  };
}

// Where a second value would make a malformed field, the last one stands.
const singular = new Set([
  "content-disposition",
  "etag",
  "last-modified",
  "location",
  "retry-after",
]);

function add(headers: ResponseHeaders, name: string, text: string): void {
  const before = headers[name];
  if (before === undefined || singular.has(name)) headers[name] = text;
  else if (typeof before === "string") headers[name] = [before, text];
  else before.push(text);
}

function mayRedirect(statusCode: number): boolean {
  return statusCode === 201 || (statusCode >= 300 && statusCode < 400);
}

const isStandard = matchNames([
  "x-*",
  "etag",
  "cache-control",
  "last-modified",
  "link",
  "vary",
  "content-language",
  "retry-after",
  "deprecation",
  "location",
]);

const presets: Readonly<Record<HeaderPreset, (key: string) => string>> = {
  standard: (key) => (isStandard(key) ? key : ""),
  "grpc-gateway": (key) => `grpc-metadata-${key}`,
};

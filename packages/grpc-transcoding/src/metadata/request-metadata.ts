import type { MetadataEntries, MetadataEntry } from "../model/metadata.ts";
import { decodeBase64, isBinaryKey, isLegalKey, isLegalText } from "../model/metadata-value.ts";
import { isDeniedRequestKey } from "../model/reserved-keys.ts";
import { gatewayError } from "../status/status-error.ts";
import { fieldsOf, inLowerCase, type RequestHeaders } from "./header-fields.ts";
import { type HeaderPreset, type HeaderRules, matchNames, rememberNames } from "./header-rules.ts";

/** Compiled rules: the metadata of one request. Throws a StatusError (400) for a `-bin` header that is not base64. */
export type RequestMetadata = (headers: RequestHeaders) => MetadataEntries;

/**
 * Compiles the rules by which request headers become metadata. Headers that no rule names are dropped, as
 * are those that could harm a call or a connection, whatever the rules say; so are values that metadata
 * cannot carry. Throws a TypeError for a malformed rule.
 */
export function compileRequestMetadata(
  preset: HeaderPreset,
  rules: HeaderRules = {},
): RequestMetadata {
  const keysOf = rememberNames(compileKeys(preset, rules));
  const forward = preset === "grpc-gateway" ? appendForwarded : undefined;
  const metadataOf: RequestMetadata = (request) => {
    const entries: MetadataEntry[] = [];
    for (const name in request.headers) {
      const keys = keysOf(name);
      if (keys === "mixed case") return metadataOf(inLowerCase(request));
      if (keys.length === 0) continue;
      for (const value of fieldsOf(name, request)) {
        for (const key of keys) append(entries, key, value, name);
      }
    }
    forward?.(entries, request);
    return entries;
  };
  return metadataOf;
}

function compileKeys(
  preset: HeaderPreset,
  { allow = [], deny = [], rename }: HeaderRules,
): (name: string) => readonly string[] | "mixed case" {
  const isAllowed = matchNames(allow);
  const isDenied = matchNames(deny);
  const byPreset = presets[preset];
  return (name) => {
    if (name !== name.toLowerCase()) return "mixed case";
    if (isDenied(name)) return [];
    const renamed = rename?.(name)?.toLowerCase();
    const keys =
      renamed === undefined ? [...byPreset(name), ...(isAllowed(name) ? [name] : [])] : [renamed];
    const legal = keys.filter(
      (key) => isLegalKey(key) && !isDeniedRequestKey(key) && !isDenied(key),
    );
    return [...new Set(legal)];
  };
}

function append(entries: MetadataEntry[], key: string, value: string, name: string): void {
  if (!isBinaryKey(key)) {
    if (isLegalText(value)) entries.push([key, value]);
    return;
  }
  for (const part of value.split(",")) {
    const bytes = decodeBase64(part.trim());
    if (bytes === undefined) {
      throw gatewayError(`invalid binary header ${name}: its value must be base64`);
    }
    entries.push([key, bytes]);
  }
}

const standard = new Set([
  "authorization",
  "accept-language",
  "x-request-id",
  "idempotency-key",
  "traceparent",
  "tracestate",
]);

// grpc-gateway v2.30 runtime/context.go: isPermanentHTTPHeader. Go keeps Host apart, so it is not here.
const permanent = new Set([
  "accept",
  "accept-charset",
  "accept-language",
  "accept-ranges",
  "authorization",
  "cache-control",
  "content-type",
  "cookie",
  "date",
  "expect",
  "from",
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-schedule-tag-match",
  "if-unmodified-since",
  "max-forwards",
  "origin",
  "pragma",
  "referer",
  "user-agent",
  "via",
  "warning",
]);

const metadataPrefix = "grpc-metadata-";

const presets: Readonly<Record<HeaderPreset, (name: string) => readonly string[]>> = {
  standard: (name) => (standard.has(name) ? [name] : []),
  "grpc-gateway"(name) {
    if (name.startsWith(metadataPrefix)) return [name.slice(metadataPrefix.length)];
    if (!permanent.has(name)) return [];
    const prefixed = `grpcgateway-${name}`;
    return name === "authorization" ? [name, prefixed] : [prefixed];
  },
};

/** grpc-gateway's `x-forwarded-host` and `x-forwarded-for` (runtime/context.go). */
function appendForwarded(entries: MetadataEntry[], request: RequestHeaders): void {
  const chain = [...fieldsOf("x-forwarded-for", request)];
  if (request.remoteAddress !== undefined) chain.push(request.remoteAddress);
  const { headers } = request;
  const from =
    headers["x-forwarded-host"] === undefined
      ? (headers.host ?? headers[":authority"])
      : fieldsOf("x-forwarded-host", request).at(0);
  if (from !== undefined) append(entries, "x-forwarded-host", String(from), "host");
  if (chain.length > 0) append(entries, "x-forwarded-for", chain.join(", "), "x-forwarded-for");
}

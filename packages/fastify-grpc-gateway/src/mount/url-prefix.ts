/**
 * The part of a raw request target behind a mount's prefix, or undefined when it lies outside.
 * `prefix` has no trailing slash. The rest starts with `/`, `?` or `#`, or is `/` for the prefix itself.
 */
export function stripPrefix(prefix: string, rawUrl: string): string | undefined {
  if (prefix === "") return rawUrl;
  const path = rawUrl.charCodeAt(0) === 0x2f ? rawUrl : withoutAuthority(rawUrl);
  if (path === undefined || !path.startsWith(prefix)) return undefined;
  const rest = path.slice(prefix.length);
  const next = rest.charCodeAt(0);
  if (next === 0x2f) return rest;
  return rest === "" || next === 0x3f || next === 0x23 ? `/${rest}` : undefined;
}

/** The path of an absolute-form target (RFC 9112 §3.2.2). */
function withoutAuthority(url: string): string | undefined {
  return /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*(\/.*)$/is.exec(url)?.[1];
}

import { type Check, text } from "./checks.ts";

/**
 * A URL prefix, that of the option or that of the scope before it. RFC 3986 unreserved characters only:
 * Fastify's router would read others as a pattern, or never match.
 */
export const urlPrefix: Check<string> = text(
  'a path such as "/api", of letters, digits and -._~ between slashes',
  /^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._~-]+)*$/,
);

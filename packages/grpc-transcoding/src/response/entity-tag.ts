import { createHash } from "node:crypto";

/** An entity tag as a header has it: `"abc"`, `W/"abc"` (RFC 9110, section 8.8.3). */
const entityTag = /^(?:W\/)?"[\x21\x23-\x7e]*"$/;

/**
 * The header of a tag that a field holds; undefined for none. With quotes or without: a value that is no entity tag
 * is put in quotes; one that has characters which none may have is none, and so is one beyond ASCII: a client would send other bytes back.
 */
export function entityTagOf(value: string): string | undefined {
  if (value === "") return undefined;
  if (entityTag.test(value)) return value;
  const quoted = `"${value}"`;
  return entityTag.test(quoted) ? quoted : undefined;
}

/** The tag of a body's bytes, weak: a compressed body has it too. */
export function bodyTag(body: Uint8Array): string {
  return `W/"${createHash("sha256").update(body).digest("base64url").slice(0, 27)}"`;
}

/** The tag without its quotes and without `W/`. */
export function opaqueTag(tag: string): string {
  return tag.replace(/^W\//, "").slice(1, -1);
}

const tagList =
  /^\s*(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"\s*(?:,\s*(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"\s*)*$/;
const eachTag = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g;

/** What `If-Match` or `If-None-Match` names: any, or these tags; undefined for a malformed one. */
export function parseTagList(header: string): "*" | readonly string[] | undefined {
  if (header.trim() === "*") return "*";
  return tagList.test(header) ? header.match(eachTag)?.map(String) : undefined;
}

/** Whether `If-None-Match` has a tag, by the weak comparison that it asks for (RFC 9110, section 13.1.2). */
export function isNoneMatch(header: string, tag: string): boolean {
  const named = parseTagList(header);
  if (named === undefined) return false;
  return named === "*" || named.some((one) => opaqueTag(one) === opaqueTag(tag));
}

/**
 * The path of a request target, split at its raw slashes. A fresh object per request: the route table
 * cuts a verb off the last segment in place.
 */
export interface RequestPath {
  /** The path as it came, without query and fragment. */
  readonly text: string;
  /** The segments as they came; none for `/`. */
  readonly raw: string[];
  /** The segments decoded once: the same array as `raw` where nothing is encoded. */
  readonly segments: string[];
  /** Where the last colon stands in the last raw segment; -1 for none. */
  readonly colon: number;
}

const absoluteForm = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i;

/**
 * Splits a request target (origin form or absolute form, RFC 9112 section 3.2) and decodes its
 * segments, after splitting: `%2F` never separates. No dot segments or slashes are normalised. Returns
 * the reason for a target that has no such path.
 */
export function parseRequestPath(target: string): RequestPath | { readonly invalid: string } {
  let start = 0;
  if (target.charCodeAt(0) !== 47) {
    const origin = absoluteForm.exec(target)?.[0];
    if (origin === undefined) return { invalid: "the request target must start with a slash" };
    start = origin.length;
  }
  const raw: string[] = [];
  let escaped = false;
  let end = start;
  // An authority alone ("http://host") stands for the path "/".
  let from = start + 1;
  let colonAt = -1;
  for (; end < target.length; end += 1) {
    const code = target.charCodeAt(end);
    if (code > 63) {
      // Letters, the bulk of a path: all that counts stands before them in ASCII.
      if (code > 126) return { invalid: "the path must be percent-encoded ASCII" };
    } else if (code === 47) {
      if (end > start) raw.push(target.slice(from, end));
      from = end + 1;
    } else if (code === 58) {
      colonAt = end;
    } else if (code === 37) {
      escaped = true;
    } else if (code === 63 || code === 35) {
      break;
    }
  }
  if (end > start + 1) raw.push(target.slice(from, end));
  const text = start === 0 ? target.slice(0, end) : target.slice(start, end);
  const colon = colonAt < from ? -1 : colonAt - from;
  if (!escaped) return { text, raw, segments: raw, colon };
  try {
    return { text, raw, segments: raw.map(decodeSegment), colon };
  } catch {
    return { invalid: "the path has a malformed percent-encoding or is not UTF-8" };
  }
}

/** Decodes all of a segment. Throws a URIError. */
export function decodeSegment(raw: string): string {
  return raw.includes("%") ? decodeURIComponent(raw) : raw;
}

/**
 * What stays encoded in the value of a variable of several segments: `%2F` as google.api.HttpRule has
 * it (`spec`), or every reserved character of RFC 6570 as Envoy and Http.fully_decode_reserved_expansion
 * have it (`reserved`).
 */
export type PathUnescape = "spec" | "reserved";

const kept: Readonly<Record<PathUnescape, RegExp>> = {
  spec: /%2f/gi,
  reserved: /%(?:2[1346-9abcf]|3[abdf]|40|5[bd])/gi,
};

/** Decodes one segment of a variable of several. The kept escapes stay exactly as they came. */
export function decodeKeepingReserved(raw: string, mode: PathUnescape): string {
  if (!raw.includes("%")) return raw;
  return decodeURIComponent(raw.replace(kept[mode], (octet) => `%25${octet.slice(1)}`));
}

import { posix } from "node:path";

/** A glob: the directory that all its matches are in, and a test of paths relative to it. */
export interface Glob {
  readonly base: string;
  matches(relativePath: string): boolean;
}

/** Whether a path has glob syntax: `*`, `?` or `{a,b}`. */
export function isGlob(path: string): boolean {
  return /[*?{]/.test(path);
}

/**
 * Reads a glob with `/` separators: `*` and `?` within a segment, `**` for any number of segments,
 * `{a,b}` for alternatives. (node:fs has a glob of its own from Node 22 on.)
 */
export function parseGlob(pattern: string): Glob {
  const segments = pattern.split("/");
  const first = segments.findIndex(isGlob);
  const base = segments.slice(0, first).join("/");
  const source = segments
    .slice(first)
    .map((segment, i, all) => {
      if (segment !== "**") return segmentSource(segment) + (i < all.length - 1 ? "/" : "");
      return i < all.length - 1 ? "(?:[^/]+/)*" : ".+";
    })
    .join("");
  const regExp = new RegExp(`^${source}$`);
  const root = pattern.startsWith("/") && base === "" ? "/" : base || ".";
  return { base: posix.normalize(root), matches: (path) => regExp.test(path) };
}

function segmentSource(segment: string): string {
  let inBraces = false;
  return segment.replace(/[\\^$.|+()[\]{}*?,]/g, (char) => {
    switch (char) {
      case "*":
        return "[^/]*";
      case "?":
        return "[^/]";
      case "{":
        inBraces = true;
        return "(?:";
      case "}":
        if (!inBraces) return "\\}";
        inBraces = false;
        return ")";
      case ",":
        return inBraces ? "|" : ",";
      default:
        return `\\${char}`;
    }
  });
}

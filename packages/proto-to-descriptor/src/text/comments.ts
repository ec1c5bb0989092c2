import { decodeUtf8 } from "./source-file.ts";

/** The comments between two tokens, as protoc attaches them. */
export interface Comments {
  /** Belongs to the declaration before. */
  trailing: string;
  /** Belong to neither. */
  detached: string[];
  /** Belongs to the declaration after. */
  leading: string;
}

const NEWLINE = 10;
const SLASH = 0x2f;
const STAR = 0x2a;

const skipBlanks = (text: string, p: number): number => {
  for (;;) {
    const c = text.charCodeAt(p);
    if (c !== 32 && c !== 9 && c !== 13 && c !== 11 && c !== 12) return p;
    p++;
  }
};

/** Strips the indentation and the star that lines of a block comment begin with. */
const blockContent = (raw: string): string => {
  const content = raw.includes("\n")
    ? raw
        .split("\n")
        .map((line, i) => (i === 0 ? line : line.replace(/^[ \t\r\v\f]*\*?/, "")))
        .join("\n")
    : raw;
  return decodeUtf8(content);
};

/**
 * Collects the comments between the token that ends at `from` and the next one. A comment on the
 * same line, or on the next line with a blank line or the end of a scope after it, trails what was
 * before; the last one, if no blank line follows it, leads what comes; the rest is detached. (The
 * rules are those of `SourceCodeInfo.Location` in google/protobuf/descriptor.proto.)
 * @param atStart there is no token before
 * @param endsScope whether the token at an offset is `}`, `]`, `)` or the end of the file
 */
export function collectComments(
  text: string,
  from: number,
  atStart: boolean,
  endsScope: (offset: number) => boolean,
): Comments | undefined {
  let p = skipBlanks(text, from);
  let first = text.charCodeAt(p);
  if (first !== SLASH && first !== NEWLINE) return undefined;
  const found: Comments = { trailing: "", detached: [], leading: "" };
  let pending: string | undefined;
  let pendingIsLine = false;
  let attachToPrevious = !atStart;
  let any = false;
  const flush = (): void => {
    if (pending === undefined) return;
    if (attachToPrevious) {
      found.trailing += pending;
      attachToPrevious = false;
    } else {
      found.detached.push(pending);
    }
    pending = undefined;
  };
  const lineComment = (): string => {
    const newline = text.indexOf("\n", p);
    const end = newline < 0 ? text.length : newline + 1;
    const content = decodeUtf8(text.slice(p + 2, end));
    p = end;
    return content;
  };
  const blockComment = (): string => {
    const close = text.indexOf("*/", p + 2);
    const end = close < 0 ? text.length : close;
    const content = blockContent(text.slice(p + 2, end));
    p = close < 0 ? end : end + 2;
    return content;
  };
  if (!atStart) {
    const after = text.charCodeAt(p + 1);
    if (first === NEWLINE) {
      p++;
    } else if (after === SLASH) {
      any = true;
      pending = lineComment();
      flush();
    } else if (after === STAR) {
      any = true;
      pending = blockComment();
      p = skipBlanks(text, p);
      // With the next token on the same line nobody can say which one the comment is about.
      if (text.charCodeAt(p) !== NEWLINE) return undefined;
      p++;
      flush();
    } else {
      return undefined;
    }
  }
  for (;;) {
    p = skipBlanks(text, p);
    first = text.charCodeAt(p);
    const after = first === SLASH ? text.charCodeAt(p + 1) : 0;
    if (after === SLASH) {
      any = true;
      if (pending !== undefined && !pendingIsLine) flush();
      pending = (pending ?? "") + lineComment();
      pendingIsLine = true;
    } else if (after === STAR) {
      any = true;
      flush();
      pending = blockComment();
      pendingIsLine = false;
      p = skipBlanks(text, p);
      if (text.charCodeAt(p) === NEWLINE) p++;
    } else if (first === NEWLINE) {
      p++;
      flush();
      attachToPrevious = false;
    } else {
      if (!any) return undefined;
      if (endsScope(p)) flush();
      else found.leading = pending ?? "";
      return found;
    }
  }
}

/** One segment of a template: a literal (decoded), `*` (one segment) or `**` (any number). */
export type TemplateSegment =
  | { readonly kind: "literal"; readonly value: string }
  | { readonly kind: "single" }
  | { readonly kind: "deep" };

/** A variable of a template: a field path over the segments `start` (inclusive) to `end` (exclusive). */
export interface TemplateVariable {
  readonly fieldPath: string;
  readonly start: number;
  readonly end: number;
  /** False for one `*` or one literal: then `%2F` is decoded as well (google/api/http.proto). */
  readonly multiSegment: boolean;
}

/** A parsed path template of google/api/http.proto. */
export interface PathTemplate {
  /** The text as written. */
  readonly text: string;
  readonly segments: readonly TemplateSegment[];
  readonly variables: readonly TemplateVariable[];
  /** The verb after the last colon, decoded; `""` for none. */
  readonly verb: string;
}

/** Thrown by {@link parsePathTemplate}. The message ends with the column and the template. */
export class PathTemplateError extends Error {
  override readonly name = "PathTemplateError";
  /** What is wrong, without the place. */
  readonly reason: string;
  readonly template: string;
  /** 1-based. */
  readonly column: number;

  constructor(reason: string, template: string, column: number) {
    super(`${reason} (column ${column} of ${JSON.stringify(template)})`);
    this.reason = reason;
    this.template = template;
    this.column = column;
  }
}

const identifier = /[A-Za-z_][A-Za-z0-9_]*/y;
// LITERAL of http.proto: pchar of RFC 3986 without ":" and "*", which the grammar uses itself.
const literal = /(?:[A-Za-z0-9\-._~!$&'()+,;=@]|%[0-9A-Fa-f]{2})+/y;

/**
 * Parses a path template by the grammar of google/api/http.proto. Beyond it, the template `/` and fixed
 * segments after one `**` are allowed. Throws a {@link PathTemplateError} with the column.
 */
export function parsePathTemplate(text: string): PathTemplate {
  const segments: TemplateSegment[] = [];
  const variables: TemplateVariable[] = [];
  let at = 0;
  let deepSeen = false;
  let inVariable = false;

  function fail(reason: string, where = at): never {
    throw new PathTemplateError(reason, text, where + 1);
  }

  function take(pattern: RegExp): string | undefined {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  }

  function decodeLiteral(raw: string, where: number): string {
    try {
      return decodeURIComponent(raw);
    } catch {
      return fail("literal is not valid UTF-8", where);
    }
  }

  function parseSegments(): void {
    parseSegment();
    while (text[at] === "/") {
      at += 1;
      parseSegment();
    }
  }

  function parseSegment(): void {
    if (text[at] === "*") parseWildcard();
    else if (text[at] === "{") parseVariable();
    else parseLiteral();
  }

  function parseLiteral(): void {
    const start = at;
    const raw = take(literal);
    const found = text[at];
    if (raw === undefined && (found === undefined || found === "/")) fail("empty segment");
    if (raw === undefined) fail(`unexpected ${JSON.stringify(found)}`);
    segments.push({ kind: "literal", value: decodeLiteral(raw, start) });
  }

  function parseWildcard(): void {
    if (text[at + 1] === "*") {
      if (deepSeen) fail('"**" may appear only once');
      deepSeen = true;
      at += 2;
      segments.push({ kind: "deep" });
    } else {
      at += 1;
      segments.push({ kind: "single" });
    }
    const next = text[at];
    if (next !== undefined && !"/:}".includes(next)) {
      fail(`unexpected ${JSON.stringify(next)} after "${text[at - 2] === "*" ? "**" : "*"}"`);
    }
  }

  function parseVariable(): void {
    if (inVariable) fail("nested variable");
    inVariable = true;
    const opened = at;
    at += 1;
    const fieldPath = parseFieldPath();
    const start = segments.length;
    if (text[at] === "=") {
      at += 1;
      parseSegments();
    } else {
      segments.push({ kind: "single" });
    }
    if (text[at] !== "}") fail('expected "}"');
    at += 1;
    inVariable = false;
    for (const other of variables) checkApart(other.fieldPath, fieldPath, opened);
    const multiSegment = segments.length - start > 1 || segments[start]?.kind === "deep";
    variables.push({ fieldPath, start, end: segments.length, multiSegment });
  }

  function parseFieldPath(): string {
    const start = at;
    for (;;) {
      if (take(identifier) === undefined) fail("expected identifier in field path");
      if (text[at] !== ".") return text.slice(start, at);
      at += 1;
    }
  }

  function checkApart(first: string, second: string, where: number): void {
    if (first === second) fail(`field path "${second}" bound twice`, where);
    if (first.startsWith(`${second}.`) || second.startsWith(`${first}.`)) {
      fail(`field paths "${first}" and "${second}" overlap`, where);
    }
  }

  function parseVerb(): string {
    if (text[at] !== ":") return "";
    at += 1;
    const start = at;
    const raw = take(literal);
    if (raw === undefined) fail("empty verb");
    return decodeLiteral(raw, start);
  }

  if (text[0] !== "/") fail('template must start with "/"');
  at = 1;
  if (text === "/") return { text, segments, variables, verb: "" };
  parseSegments();
  const verb = parseVerb();
  if (at < text.length) {
    fail(
      text[at] === "/" ? "verb must end the template" : `unexpected ${JSON.stringify(text[at])}`,
    );
  }
  return { text, segments, variables, verb };
}

/**
 * The template without its variables, literals encoded: `/v1/shelves/*:move`. Two templates match the
 * same paths in the same way if their signatures are equal.
 */
export function templateSignature({ segments, verb }: PathTemplate): string {
  const path = segments.map((segment) => {
    if (segment.kind === "literal") return encodeURIComponent(segment.value);
    return segment.kind === "single" ? "*" : "**";
  });
  return `/${path.join("/")}${verb && `:${encodeURIComponent(verb)}`}`;
}

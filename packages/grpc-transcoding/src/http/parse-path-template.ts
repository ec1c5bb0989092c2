import type { PathTemplate, TemplateSegment, TemplateVariable } from "../model/path-template.ts";

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

const single: TemplateSegment = { kind: "single" };
const deep: TemplateSegment = { kind: "deep" };

const identifier = /[A-Za-z_][A-Za-z0-9_]*/y;
// LITERAL of http.proto: pchar of RFC 3986 without ":" and "*", which the grammar uses itself.
const literal = /(?:[A-Za-z0-9\-._~!$&'()+,;=@]|%[0-9A-Fa-f]{2})+/y;

/** A parse in progress. */
interface Cursor {
  readonly text: string;
  at: number;
  readonly segments: TemplateSegment[];
  readonly variables: TemplateVariable[];
  deepSeen: boolean;
  inVariable: boolean;
}

/**
 * Parses a path template by the grammar of google/api/http.proto. Beyond it, the template `/` and fixed
 * segments after one `**` are allowed. Throws a {@link PathTemplateError} with the column.
 */
export function parsePathTemplate(text: string): PathTemplate {
  const segments: TemplateSegment[] = [];
  const variables: TemplateVariable[] = [];
  const cursor: Cursor = { text, at: 0, segments, variables, deepSeen: false, inVariable: false };
  if (text[0] !== "/") fail(cursor, 'template must start with "/"');
  cursor.at = 1;
  if (text === "/") return { text, segments, variables, verb: "" };
  parseSegments(cursor);
  const verb = text[cursor.at] === ":" ? parseVerb(cursor) : "";
  const rest = text[cursor.at];
  if (rest === "/") fail(cursor, "verb must end the template");
  if (rest !== undefined) fail(cursor, `unexpected ${JSON.stringify(rest)}`);
  // Copies have no room to grow: with thousands of templates it would be a third of their heap.
  return { text, segments: [...segments], variables: [...variables], verb };
}

function fail(cursor: Cursor, reason: string, at: number = cursor.at): never {
  throw new PathTemplateError(reason, cursor.text, at + 1);
}

function take(cursor: Cursor, pattern: RegExp): string | undefined {
  const start = cursor.at;
  pattern.lastIndex = start;
  if (!pattern.test(cursor.text)) return undefined;
  cursor.at = pattern.lastIndex;
  return cursor.text.slice(start, cursor.at);
}

function parseSegments(cursor: Cursor): void {
  parseSegment(cursor);
  while (cursor.text[cursor.at] === "/") {
    cursor.at += 1;
    parseSegment(cursor);
  }
}

function parseSegment(cursor: Cursor): void {
  const first = cursor.text[cursor.at];
  if (first === "*") parseWildcard(cursor);
  else if (first === "{") parseVariable(cursor);
  else if (first === undefined || first === "/") fail(cursor, "empty segment");
  else cursor.segments.push({ kind: "literal", value: parseLiteral(cursor) });
}

function parseLiteral(cursor: Cursor): string {
  const start = cursor.at;
  const raw = take(cursor, literal);
  if (raw === undefined) return fail(cursor, `unexpected ${JSON.stringify(cursor.text[start])}`);
  if (!raw.includes("%")) return raw;
  try {
    return decodeURIComponent(raw);
  } catch {
    return fail(cursor, "literal is not valid UTF-8", start);
  }
}

function parseWildcard(cursor: Cursor): void {
  const { text, at } = cursor;
  const wildcard = text[at + 1] === "*" ? "**" : "*";
  if (wildcard === "**") {
    if (cursor.deepSeen) fail(cursor, '"**" may appear only once');
    cursor.deepSeen = true;
  }
  cursor.segments.push(wildcard === "**" ? deep : single);
  cursor.at += wildcard.length;
  const next = text[cursor.at];
  if (next !== undefined && !"/:}".includes(next)) {
    fail(cursor, `unexpected ${JSON.stringify(next)} after "${wildcard}"`);
  }
}

function parseVariable(cursor: Cursor): void {
  if (cursor.inVariable) fail(cursor, "nested variable");
  const { text, at, segments, variables } = cursor;
  cursor.inVariable = true;
  cursor.at += 1;
  const fieldPath = parseFieldPath(cursor);
  const start = segments.length;
  if (text[cursor.at] === "=") {
    cursor.at += 1;
    parseSegments(cursor);
  } else {
    segments.push(single);
  }
  if (text[cursor.at] !== "}") fail(cursor, 'expected "}"');
  cursor.at += 1;
  cursor.inVariable = false;
  for (const other of variables) checkApart(cursor, other.fieldPath, fieldPath, at);
  const multiSegment = segments.length - start > 1 || segments[start] === deep;
  variables.push({ fieldPath, start, end: segments.length, multiSegment });
}

function parseFieldPath(cursor: Cursor): string {
  const start = cursor.at;
  for (;;) {
    if (take(cursor, identifier) === undefined) fail(cursor, "expected identifier in field path");
    if (cursor.text[cursor.at] !== ".") return cursor.text.slice(start, cursor.at);
    cursor.at += 1;
  }
}

function checkApart(cursor: Cursor, first: string, second: string, at: number): void {
  if (first === second) fail(cursor, `field path "${second}" bound twice`, at);
  if (first.startsWith(`${second}.`) || second.startsWith(`${first}.`)) {
    fail(cursor, `field paths "${first}" and "${second}" overlap`, at);
  }
}

function parseVerb(cursor: Cursor): string {
  cursor.at += 1;
  if (cursor.at === cursor.text.length) fail(cursor, "empty verb");
  return parseLiteral(cursor);
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

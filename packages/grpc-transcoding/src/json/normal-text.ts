import { indexStep, keyStep, pathText } from "./field-path-text.ts";

/** An object or array around the current position. */
interface Level {
  /** The texts of an object's values; undefined for an array. */
  readonly values: Map<string, string> | undefined;
  /** The key whose value comes next. */
  key: string | undefined;
  /** The text of an array's elements, and their number. */
  elements: string;
  count: number;
}

/** What {@link normalText} makes of a text. */
export interface NormalText {
  /** The text with each key once, of equal ones the last, and the `@type` of a google.protobuf.Any in front. */
  readonly text: string;
  /** The path of the first key that an object has twice, after unescaping. */
  readonly duplicate: string | undefined;
}

/** Goes over the keys of a valid JSON text. */
export function normalText(source: string): NormalText {
  const levels: Level[] = [];
  let text = "";
  let duplicate: string | undefined;
  const put = (value: string): void => {
    const level = levels.at(-1);
    if (level === undefined) {
      text = value;
    } else if (level.values === undefined) {
      level.elements += level.count++ === 0 ? value : `,${value}`;
    } else {
      level.values.set(level.key ?? "", value);
      level.key = undefined;
    }
  };
  for (let at = 0; at < source.length; ) {
    const c = source.charAt(at);
    if (c === "{" || c === "[") {
      const values = c === "{" ? new Map<string, string>() : undefined;
      levels.push({ values, key: undefined, elements: "", count: 0 });
      at++;
    } else if (c === "}" || c === "]") {
      const level = levels.pop();
      if (level !== undefined) put(textOf(level));
      at++;
    } else if (" \t\n\r,:".includes(c)) {
      at++;
    } else {
      const end = c === '"' ? endOfString(source, at) : endOfScalar(source, at);
      const token = source.slice(at, end);
      const level = levels.at(-1);
      if (level?.values === undefined || level.key !== undefined) {
        put(token);
      } else {
        level.key = JSON.parse(token) as string;
        if (level.values.has(level.key)) duplicate ??= pathOf(levels);
      }
      at = end;
    }
  }
  return { text, duplicate };
}

function endOfString(source: string, at: number): number {
  for (let end = at + 1; end < source.length; end++) {
    const c = source.charAt(end);
    if (c === '"') return end + 1;
    if (c === "\\") end++;
  }
  return source.length;
}

function endOfScalar(source: string, at: number): number {
  let end = at + 1;
  while (end < source.length && !" \t\n\r,:[]{}".includes(source.charAt(end))) end++;
  return end;
}

function textOf({ values, elements }: Level): string {
  if (values === undefined) return `[${elements}]`;
  const type = values.get("@type");
  let members = type === undefined ? "" : `,"@type":${type}`;
  for (const [key, value] of values) {
    if (key !== "@type") members += `,${JSON.stringify(key)}:${value}`;
  }
  return `{${members.slice(1)}}`;
}

function pathOf(levels: readonly Level[]): string {
  const steps = levels.map(({ key, count }) =>
    key === undefined ? indexStep(count) : keyStep(key),
  );
  return pathText(steps.join(""));
}

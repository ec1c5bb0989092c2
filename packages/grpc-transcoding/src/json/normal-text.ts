import { indexStep, keyStep, pathText } from "./field-path-text.ts";

/** An object or array around the current position. */
interface Level {
  readonly start: number;
  /** The texts of an object's values; undefined for an array. */
  readonly values: Map<string, string> | undefined;
  /** The key whose value comes next. */
  key: string | undefined;
  /** The number of an array's elements. */
  count: number;
  /** Of an array the text until `copied`, made anew where an element has changed. */
  text: string;
  copied: number;
  isChanged: boolean;
}

/** What {@link normalText} makes of a text. */
export interface NormalText {
  /** The text with each key once, of equal ones the last, and the `@type` of a google.protobuf.Any in front. */
  readonly text: string;
  /** The path of the first key that an object has twice, after unescaping. */
  readonly duplicate: string | undefined;
}

const quote = 34;
const comma = 44;
const colon = 58;

/** Goes over the keys of a valid JSON text, and makes those parts of it anew that are not in their normal form. */
export function normalText(source: string): NormalText {
  const levels: Level[] = [];
  let text = source;
  let duplicate: string | undefined;

  function put(start: number, end: number, changed: string | undefined): void {
    const level = levels.at(-1);
    if (changed !== undefined && level !== undefined) level.isChanged = true;
    if (level === undefined) {
      text = changed ?? source;
    } else if (level.values !== undefined) {
      level.values.set(level.key ?? "", changed ?? source.slice(start, end));
      level.key = undefined;
    } else {
      level.count++;
      if (changed === undefined) return;
      level.text += source.slice(level.copied, start) + changed;
      level.copied = end;
    }
  }

  for (let at = 0; at < source.length; ) {
    const c = source.charCodeAt(at);
    const level = levels.at(-1);
    if (c === 123 || c === 91) {
      const values = c === 123 ? new Map<string, string>() : undefined;
      levels.push({
        start: at,
        values,
        key: undefined,
        count: 0,
        text: "",
        copied: at,
        isChanged: false,
      });
      at++;
    } else if (c === 125 || c === 93) {
      levels.pop();
      at++;
      if (level !== undefined) put(level.start, at, changedText(level, source, at));
    } else if (c <= 32 || c === comma || c === colon) {
      at++;
    } else {
      const end = c === quote ? endOfString(source, at) : endOfScalar(source, at);
      if (level?.values === undefined || level.key !== undefined) {
        put(at, end, undefined);
      } else {
        level.key = JSON.parse(source.slice(at, end)) as string;
        const isTwice = level.values.has(level.key);
        if (isTwice) duplicate ??= pathOf(levels);
        const isPlainType = level.values.size === 0 && end - at === '"@type"'.length;
        level.isChanged ||= isTwice || (level.key === "@type" && !isPlainType);
      }
      at = end;
    }
  }
  return { text, duplicate };
}

/** The position behind the string that starts at `at`. */
function endOfString(source: string, at: number): number {
  for (let close = at; ; ) {
    close = source.indexOf('"', close + 1);
    if (close < 0) return source.length;
    let escapes = 0;
    while (source.charCodeAt(close - 1 - escapes) === 92) escapes++;
    if (escapes % 2 === 0) return close + 1;
  }
}

function endOfScalar(source: string, at: number): number {
  let end = at + 1;
  for (; end < source.length; end++) {
    const c = source.charCodeAt(end);
    if (c <= 32 || c === comma || c === colon || c === 125 || c === 93) break;
  }
  return end;
}

/**
 * The text of an object or array that ends at `end`, if it has changed. Texts only grow: cutting one that is made
 * of many would copy it, once for each level.
 */
function changedText(level: Level, source: string, end: number): string | undefined {
  const { values, isChanged } = level;
  if (!isChanged) return undefined;
  if (values === undefined) return level.text + source.slice(level.copied, end);
  const type = values.get("@type");
  let text = type === undefined ? "{" : `{"@type":${type}`;
  for (const [key, value] of values) {
    if (key !== "@type") text += `${text === "{" ? "" : ","}${JSON.stringify(key)}:${value}`;
  }
  return `${text}}`;
}

function pathOf(levels: readonly Level[]): string {
  const steps = levels.map(({ key, count }) =>
    key === undefined ? indexStep(count) : keyStep(key),
  );
  return pathText(steps.join(""));
}

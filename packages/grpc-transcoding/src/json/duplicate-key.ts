import { indexStep, keyStep, pathText } from "./field-path-text.ts";
import { endOfString } from "./json-string.ts";

/** An object or array around the current position. */
interface Level {
  /** Undefined for an array. */
  readonly keys: Set<string> | undefined;
  key: string;
  index: number;
}

/** The path of the first key that an object of this valid JSON text has twice, after unescaping; undefined for none. */
export function duplicateKey(source: string): string | undefined {
  const levels: Level[] = [];
  let expectsKey = false;
  for (let at = 0; at < source.length; ) {
    const level = levels.at(-1);
    switch (source.charAt(at)) {
      case "{":
        levels.push({ keys: new Set(), key: "", index: 0 });
        expectsKey = true;
        break;
      case "[":
        levels.push({ keys: undefined, key: "", index: 0 });
        break;
      case "}":
      case "]":
        levels.pop();
        break;
      case ",":
        if (level !== undefined) level.index++;
        expectsKey = level?.keys !== undefined;
        break;
      case '"': {
        const end = endOfString(source, at);
        if (expectsKey && level?.keys !== undefined) {
          level.key = JSON.parse(source.slice(at, end)) as string;
          if (level.keys.has(level.key)) return pathOf(levels);
          level.keys.add(level.key);
          expectsKey = false;
        }
        at = end;
        continue;
      }
    }
    at++;
  }
  return undefined;
}

function pathOf(levels: readonly Level[]): string {
  return pathText(
    levels
      .map(({ keys, key, index }) => (keys === undefined ? indexStep(index) : keyStep(key)))
      .join(""),
  );
}

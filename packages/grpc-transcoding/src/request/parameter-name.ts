import type { QueryDialect } from "../model/query-dialect.ts";

/** The spelling of google/api/http.proto. */
export const plainQuery: QueryDialect = { arrays: "repeat", objects: "dot", messages: false };

/** A part of a parameter's name. */
export interface NameStep {
  readonly text: string;
  /** Whether it stands in brackets. */
  readonly isBracket: boolean;
}

/** The parts of a parameter's name in a dialect. */
export type SplitName = (name: string) => readonly NameStep[];

export function splitNameOf(dialect: QueryDialect): SplitName {
  return dialect.arrays === "brackets" || dialect.objects === "brackets" || dialect.messages
    ? splitBrackets
    : splitDots;
}

/** `a.b[key]`: names with dots between, and at the end the key of a map. */
function splitDots(name: string): readonly NameStep[] {
  const bracket = name.endsWith("]") ? name.indexOf("[") : -1;
  const path = bracket < 0 ? name : name.slice(0, bracket);
  const steps = path.split(".").map((text) => ({ text, isBracket: false }));
  return bracket < 0 ? steps : [...steps, { text: name.slice(bracket + 1, -1), isBracket: true }];
}

const bracketed = /\[([^[\]]*)\]|\.?([^.[\]]+)/y;

/** `a.b[c][0].d`. What is no such name is one step, which no field has. */
function splitBrackets(name: string): readonly NameStep[] {
  const steps: NameStep[] = [];
  let at = 0;
  while (at < name.length) {
    bracketed.lastIndex = at;
    const [, inside, plain] = bracketed.exec(name) ?? [];
    const isFirst = at === 0;
    if (inside === undefined && (plain === undefined || (isFirst && name.startsWith(".")))) {
      return [{ text: name, isBracket: false }];
    }
    steps.push({ text: inside ?? plain ?? "", isBracket: inside !== undefined });
    at = bracketed.lastIndex;
  }
  return steps.length > 0 ? steps : [{ text: name, isBracket: false }];
}

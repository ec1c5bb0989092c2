import type { QueryDialect } from "../../model/query-dialect.ts";
import { type ReportMember, type RuleWords, textOf } from "./rule-words.ts";

const arrays: readonly QueryDialect["arrays"][] = ["repeat", "csv", "brackets"];
const objects: readonly QueryDialect["objects"][] = ["dot", "brackets"];

/** Reads `query` of a rule. Reports what is no spelling, and leaves it out. */
export function readQueryRule(words: RuleWords, report: ReportMember): Partial<QueryDialect> {
  const choose = <T extends string>(name: string, choices: readonly T[]): T | undefined => {
    const text = textOf(words, name);
    const choice = choices.find((candidate) => candidate === text);
    if (text !== "" && choice === undefined) {
      report(name, `${JSON.stringify(text)} is none of ${choices.join(", ")}`);
    }
    return choice;
  };
  const chosenArrays = choose("arrays", arrays);
  const chosenObjects = choose("objects", objects);
  return {
    ...(chosenArrays && { arrays: chosenArrays }),
    ...(chosenObjects && { objects: chosenObjects }),
    ...(words.messages === true && { messages: true }),
  };
}

import { readFileSync } from "node:fs";
import { LineCounter, parseDocument } from "yaml";
import { FST_GRPC_OPTION } from "../errors.ts";

/**
 * The value of the option `rules` as plain data: a service config, or a list of rules, is that already; a
 * string is the path of a YAML or JSON file. Throws FST_GRPC_OPTION with `file:line:column` for one that
 * cannot be read.
 */
export function readRules(rules: unknown): unknown {
  if (typeof rules !== "string") return rules;
  const lineCounter = new LineCounter();
  const document = parseDocument(readFile(rules), { lineCounter, prettyErrors: false });
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem !== undefined) {
    const { line, col } = lineCounter.linePos(problem.pos[0]);
    throw new FST_GRPC_OPTION(`option "rules": ${rules}:${line}:${col}: ${problem.message}`);
  }
  return document.toJS();
}

function readFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new FST_GRPC_OPTION(`option "rules": ${(error as Error).message}`);
  }
}

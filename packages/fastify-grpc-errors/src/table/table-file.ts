import { readFileSync } from "node:fs";
import type { ErrorTableConfig } from "grpc-transcoding";
import { LineCounter, parseDocument } from "yaml";
import { FST_GRPC_ERRORS_FILE } from "../errors.ts";

/**
 * Reads an error table from a YAML 1.2 or JSON file. Throws `FST_GRPC_ERRORS_FILE`, with line and column, for one that
 * cannot be read or parsed. What it says is not checked here: whatever takes the table (`createErrorTable`, `reload`,
 * the plugin) refuses a wrong one.
 */
export function readTableFile(path: string): ErrorTableConfig {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new FST_GRPC_ERRORS_FILE(
      path,
      (error as Error).message,
      "give the path of a readable file",
    );
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  // Warnings too: an unknown tag would silently become a text.
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem !== undefined) {
    const { line, col } = lines.linePos(problem.pos[0]);
    throw new FST_GRPC_ERRORS_FILE(`${path}:${line}:${col}`, problem.message, "correct the YAML");
  }
  try {
    return document.toJS() as ErrorTableConfig;
  } catch (error) {
    throw new FST_GRPC_ERRORS_FILE(path, (error as Error).message, "use fewer aliases");
  }
}

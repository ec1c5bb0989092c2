import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A folder of this test directory. */
export function folder(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

/** The `.proto` files of a folder, by name. */
export function protoFiles(directory: string): string[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith(".proto"))
    .sort();
}

/** Lines (1-based) of a file that end in `//!`: an error is expected there. */
export function markedLines(directory: string, name: string): number[] {
  const lines = readFileSync(`${directory}/${name}`, "latin1").split("\n");
  return lines.flatMap((line, i) => (line.trimEnd().endsWith("//!") ? [i + 1] : []));
}

import type { FileNode, ImportNode } from "../model/declaration.ts";
import { parseFile } from "../parser/file.ts";
import type { Diagnostic, Report } from "../text/diagnostics.ts";
import type { WordCache } from "../text/lexer.ts";
import type { SourceFile } from "../text/source-file.ts";
import { type FileLoader, isImportName, toImportName } from "./file-loader.ts";

/** Longest chain of files that import each other. */
const MAX_IMPORT_DEPTH = 500;

/**
 * Parses the files and everything they import, in the order of their dependencies. Files that are
 * missing, listed twice or import themselves are reported.
 */
export function loadFiles(
  files: readonly string[],
  loader: FileLoader,
  words: WordCache,
  sourceInfo: boolean,
  report: Report,
  diagnostics: Diagnostic[],
): FileNode[] {
  const loaded = new Map<string, FileNode | undefined>();
  const pending: FileNode[] = [];
  const order: FileNode[] = [];

  const readSource = (name: string): SourceFile | undefined => {
    try {
      return loader.load(name);
    } catch (error) {
      const message = `The file cannot be read: ${(error as Error).message}`;
      diagnostics.push({ file: name, line: 1, column: 1, message });
      return undefined;
    }
  };

  const load = (name: string): FileNode | undefined => {
    if (loaded.has(name)) return loaded.get(name);
    const source = readSource(name);
    const file = source && parseFile(source, report, words, sourceInfo);
    loaded.set(name, file);
    if (file === undefined) return undefined;
    pending.push(file);
    for (const statement of file.imports) loadImport(file, statement);
    pending.pop();
    resolveVisibility(file);
    order.push(file);
    return file;
  };

  const loadImport = (file: FileNode, statement: ImportNode): void => {
    const { name, at } = statement;
    const twice = file.imports.find((other) => other.name === name) !== statement;
    if (twice) report(file.source, at, `Import "${name}" was listed twice.`);
    const start = pending.findIndex((other) => other.name === name);
    if (start >= 0) {
      const cycle = pending.slice(start);
      reportCycle(cycle, report);
      for (const member of cycle) member.broken = true;
      return;
    }
    if (pending.length >= MAX_IMPORT_DEPTH) {
      const message = `Imports are nested too deep: at most ${MAX_IMPORT_DEPTH} levels are allowed.`;
      report(file.source, at, message);
      file.broken = true;
      return;
    }
    statement.file = load(name);
    if (statement.file === undefined) {
      const rule = isImportName(name)
        ? "."
        : ': backslashes, empty parts, "." and ".." are not allowed in it.';
      report(file.source, at, `Import "${name}" was not found${rule}`);
    } else if (statement.file.broken) {
      file.broken = true;
    }
  };

  for (const path of files) {
    const asGiven = toImportName(path);
    if (load(asGiven) !== undefined) continue;
    const name = loader.importNameOf(path);
    if (name !== undefined && load(name) !== undefined) continue;
    if (diagnostics.some(({ file }) => file === asGiven || file === name)) continue;
    const message = `File "${path}" was not found in the include directories.`;
    diagnostics.push({ file: asGiven, line: 1, column: 1, message });
  }
  return order;
}

/** Reports a cycle where its first file imports the next one. */
function reportCycle(cycle: readonly FileNode[], report: Report): void {
  const [first] = cycle as readonly [FileNode];
  const names = [...cycle.map(({ name }) => name), first.name];
  const statement = first.imports.find(({ name }) => name === names[1]);
  const message = `File recursively imports itself: ${names.join(" -> ")}.`;
  report(first.source, statement?.at ?? 0, message);
}

/** A file sees itself, what it imports, and what those import publicly, and so on. */
function resolveVisibility(file: FileNode): void {
  const addPublic = (imported: FileNode): void => {
    if (file.visible.has(imported)) return;
    file.visible.add(imported);
    for (const statement of imported.imports) {
      if (statement.modifier === "public" && statement.file) addPublic(statement.file);
    }
  };
  for (const statement of file.imports) if (statement.file) addPublic(statement.file);
}

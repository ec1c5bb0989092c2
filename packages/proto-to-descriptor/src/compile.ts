import { create } from "@bufbuild/protobuf";
import { type FileDescriptorSet, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { linkFile } from "./link/linker.ts";
import { createNameResolver } from "./link/name-resolution.ts";
import { createSymbolTable, declareFile, type SymbolTable } from "./link/symbol-table.ts";
import { createFileLoader, type ReadFile } from "./load/file-loader.ts";
import { loadFiles } from "./load/import-graph.ts";
import type { FileNode } from "./model/declaration.ts";
import { interpretOptions } from "./options/interpret.ts";
import { CompileError, createDiagnosticList, type Diagnostic } from "./text/diagnostics.ts";
import { WordCache } from "./text/lexer.ts";
import { validateExtensions } from "./validate/extensions.ts";
import { validateOptions } from "./validate/options.ts";
import { validateStructure } from "./validate/structure.ts";

export interface CompileOptions {
  /** Import names (`google/api/http.proto`), or paths of files inside the include directories. */
  readonly files: readonly string[];
  /** Directories that imports are relative to; the first one that has a file wins. */
  readonly includeDirs: readonly string[];
  /**
   * Supplies a file that no include directory has, by its import name; undefined if it has none
   * either. With `includeDirs: []` everything comes from here.
   */
  readonly readFile?: ReadFile;
  /**
   * Adds `SourceCodeInfo` (positions and comments of every declaration), as protoc's
   * `--include_source_info`.
   * @default false
   */
  readonly sourceInfo?: boolean;
}

/**
 * Compiles `.proto` files and all that they import, as `protoc --include_imports
 * --descriptor_set_out` does: proto2, proto3 and the editions 2023 and 2024, with every option
 * interpreted. Files come in the order of their dependencies.
 * @throws {CompileError} with every error of the run
 */
export function compile(options: CompileOptions): FileDescriptorSet {
  const { report, diagnostics } = createDiagnosticList();
  const loader = createFileLoader(options.includeDirs, options.readFile);
  const words = new WordCache();
  const sourceInfo = options.sourceInfo === true;
  const files = loadFiles(options.files, loader, words, sourceInfo, report, diagnostics);
  const table = createSymbolTable();
  for (const file of files) {
    if (!file.broken) compileFile(file, table, words, diagnostics);
  }
  if (diagnostics.length > 0) throw new CompileError(inReadingOrder(diagnostics));
  return create(FileDescriptorSetSchema, { file: files.map(({ proto }) => proto) });
}

/** One phase after the other; as in protoc, options have to wait until all names are resolved. */
function compileFile(
  file: FileNode,
  table: SymbolTable,
  words: WordCache,
  diagnostics: Diagnostic[],
): void {
  const own = createDiagnosticList();
  const { report } = own;
  const names = createNameResolver(table, file);
  file.failed = file.imports.some(
    ({ file: imported }) => imported === undefined || imported.failed,
  );
  declareFile(table, file, report);
  validateStructure(file, report);
  linkFile(file, names, report);
  validateExtensions(file, table, report);
  const isSound = (): boolean => !file.failed && own.diagnostics.length === 0;
  if (isSound()) interpretOptions(file, table, names, words, report);
  if (isSound()) validateOptions(file, report);
  if (own.diagnostics.length > 0) file.failed = true;
  diagnostics.push(...own.diagnostics);
}

/** Files as they were compiled, and each from top to bottom. */
function inReadingOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const order = new Map<string, number>();
  for (const { file } of diagnostics) if (!order.has(file)) order.set(file, order.size);
  const rank = ({ file }: Diagnostic): number => order.get(file) ?? 0;
  return [...diagnostics].sort(
    (a, b) => rank(a) - rank(b) || a.line - b.line || a.column - b.column,
  );
}

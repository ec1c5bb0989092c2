import { positionAt, type SourceFile } from "./source-file.ts";

/** One error of a compilation. `line` and `column` are 1-based, counted as protoc counts them. */
export interface Diagnostic {
  /** Import name of the file, as `FileDescriptorProto.name` would have it. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/**
 * Thrown by {@link compile} when any file is missing, malformed or inconsistent. The message lists
 * every diagnostic of the run, one per line, as `file:line:column: message`.
 */
export class CompileError extends Error {
  override readonly name = "CompileError";
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(formatDiagnostic).join("\n"));
    this.diagnostics = diagnostics;
  }
}

/** Renders a diagnostic as compilers do, so that terminals and editors make it a link. */
function formatDiagnostic({ file, line, column, message }: Diagnostic): string {
  return `${file}:${line}:${column}: ${message}`;
}

/** Records an error at a byte offset of a source file. */
export type Report = (source: SourceFile, offset: number, message: string) => void;

/** A list of diagnostics that grows by `report`. */
export interface DiagnosticList {
  readonly report: Report;
  readonly diagnostics: Diagnostic[];
}

/** After so many errors a list says so and takes no more. */
const MAX_DIAGNOSTICS = 1000;

export function createDiagnosticList(): DiagnosticList {
  const diagnostics: Diagnostic[] = [];
  const report: Report = (source, offset, message) => {
    if (diagnostics.length > MAX_DIAGNOSTICS) return;
    const isLast = diagnostics.length === MAX_DIAGNOSTICS;
    const position = positionAt(source, offset);
    const text = isLast ? "Too many errors: the rest is not listed." : message;
    diagnostics.push({ file: source.name, ...position, message: text });
  };
  return { report, diagnostics };
}

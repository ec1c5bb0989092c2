export { type CompileOptions, compile } from "./compile.ts";
export type { ReadFile } from "./load/file-loader.ts";
export { CompileError, type Diagnostic } from "./text/diagnostics.ts";

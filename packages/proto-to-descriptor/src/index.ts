export { type CompileOptions, compile } from "./compile.ts";
export { CompileError, type Diagnostic } from "./diagnostics.ts";
export type { ReadFile } from "./file-loader.ts";

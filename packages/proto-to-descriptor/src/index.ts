export { type CompileOptions, compile } from "./compile.ts";
export { suggestion } from "./link/nearest-name.ts";
export type { ReadFile } from "./load/file-loader.ts";
export { CompileError, type Diagnostic } from "./text/diagnostics.ts";

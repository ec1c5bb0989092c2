import type { FileNode } from "../declaration.ts";
import type { Report } from "../diagnostics.ts";

export function validateOptions(_file: FileNode, ..._rest: [...unknown[], Report]): void {}

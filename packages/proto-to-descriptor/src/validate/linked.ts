import type { FileNode } from "../declaration.ts";
import type { Report } from "../diagnostics.ts";

export function validateLinked(_file: FileNode, ..._rest: [...unknown[], Report]): void {}

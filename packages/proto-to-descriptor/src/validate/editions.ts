import type { FileNode } from "../declaration.ts";
import type { Report } from "../diagnostics.ts";

export function validateEditions(_file: FileNode, _report: Report): void {}

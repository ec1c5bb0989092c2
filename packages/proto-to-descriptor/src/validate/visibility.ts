import { featuresOf } from "../link/features.ts";
import type { EnumNode, FieldNode, FileNode, MessageNode } from "../model/declaration.ts";
import type { Report } from "../text/diagnostics.ts";

const EDITION_2024 = 1001;
const VISIBILITY_LOCAL = 1;
const EXPORT_ALL = 1;
const EXPORT_TOP_LEVEL = 2;

/** Checks that a file refers to no message or enum that another file keeps to itself (edition 2024). */
export function validateVisibility(file: FileNode, report: Report): void {
  const uses = file.imports.some(({ file: imported }) => imported && reaches2024(imported));
  if (!uses) return;
  const check = (type: MessageNode | EnumNode | undefined, at: number): void => {
    if (type === undefined || type.file === file || isExported(type)) return;
    const why =
      (type.proto.visibility as number) === VISIBILITY_LOCAL
        ? "it is declared local"
        : "it is local by features.default_symbol_visibility";
    const message = `"${type.fullName}", defined in "${type.file.name}", is not visible here: ${why}.`;
    report(file.source, at, message);
  };
  const checkField = (field: FieldNode): void => {
    check(field.type, field.typeAt);
    if (field.isExtension) check(field.container, field.extendeeAt);
  };
  const checkMessage = (node: MessageNode): void => {
    node.fields.forEach(checkField);
    node.extensions.forEach(checkField);
    node.messages.forEach(checkMessage);
  };
  file.messages.forEach(checkMessage);
  file.extensions.forEach(checkField);
  for (const { methods } of file.services) {
    for (const method of methods) {
      check(method.input, method.inputAt);
      check(method.output, method.outputAt);
    }
  }
}

/** Whether a file, or one that it imports publicly, may have symbols that are not exported. */
function reaches2024(file: FileNode): boolean {
  if (file.edition >= EDITION_2024) return true;
  return file.imports.some(
    ({ modifier, file: imported }) => modifier === "public" && imported && reaches2024(imported),
  );
}

function isExported(type: MessageNode | EnumNode): boolean {
  if (type.file.edition < EDITION_2024) return true;
  const visibility = type.proto.visibility as number;
  if (visibility !== 0) return visibility !== VISIBILITY_LOCAL;
  const byDefault = featuresOf(type.file).defaultSymbolVisibility;
  if (byDefault === EXPORT_ALL) return true;
  return byDefault === EXPORT_TOP_LEVEL && type.parent === undefined;
}

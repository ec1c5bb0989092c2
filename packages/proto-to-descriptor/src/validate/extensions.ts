import type { SymbolTable } from "../link/symbol-table.ts";
import type { FieldNode, FileNode, MessageNode } from "../model/declaration.ts";
import { fullNameOf } from "../model/declaration.ts";
import type { Report } from "../text/diagnostics.ts";

/** Checks the extensions of a linked file against the messages that they extend. */
export function validateExtensions(file: FileNode, table: SymbolTable, report: Report): void {
  for (const extension of extensionsOf(file)) {
    const { container, proto, numberAt } = extension;
    if (container === undefined) continue;
    const { number } = proto;
    const declared = container.proto.extensionRange.some(
      ({ start, end }) => number >= start && number < end,
    );
    if (!declared) {
      const message = `"${container.fullName}" does not declare ${number} as an extension number.`;
      report(file.source, numberAt, message);
    }
    let numbers = table.extensionNumbers.get(container);
    if (numbers === undefined) {
      numbers = new Map();
      table.extensionNumbers.set(container, numbers);
    }
    const other = numbers.get(number);
    if (other === undefined) {
      numbers.set(number, extension);
    } else {
      const message = `Extension number ${number} has already been used in "${container.fullName}" by extension "${fullNameOf(other)}" defined in ${other.file.name}.`;
      report(file.source, numberAt, message);
    }
  }
}

/** All extensions that a file declares, at any depth. */
export function extensionsOf(file: FileNode): readonly FieldNode[] {
  let all = file.extensions;
  for (const message of file.messages) all = withNested(all, message);
  return all;
}

function withNested(all: readonly FieldNode[], node: MessageNode): readonly FieldNode[] {
  let result = node.extensions.length === 0 ? all : [...all, ...node.extensions];
  for (const message of node.messages) result = withNested(result, message);
  return result;
}

import type {
  Declaration,
  EnumNode,
  FieldNode,
  FileNode,
  MessageNode,
  PackageNode,
  ServiceNode,
} from "../model/declaration.ts";
import { fullNameOf, qualify } from "../model/declaration.ts";
import { mapEntryName } from "../model/json-name.ts";
import type { Report } from "../text/diagnostics.ts";

/** All names of a compilation, as a tree of packages. */
export interface SymbolTable {
  readonly root: PackageNode;
  /** Extensions by the message that they extend, and their number. */
  readonly extensionNumbers: Map<MessageNode, Map<number, FieldNode>>;
  /** The parts of names with dots, since the same few names are looked up again and again. */
  readonly nameParts: Map<string, readonly string[]>;
}

export function createSymbolTable(): SymbolTable {
  return {
    root: newPackage("", undefined, undefined),
    extensionNumbers: new Map(),
    nameParts: new Map(),
  };
}

function newPackage(
  name: string,
  parent: PackageNode | undefined,
  file: FileNode | undefined,
): PackageNode {
  const fullName = parent === undefined ? name : qualify(parent.fullName, name);
  return { kind: "package", name, fullName, parent, members: new Map(), file };
}

/** Enters all declarations of a file and sets their full names; reports names that are taken. */
export function declareFile(table: SymbolTable, file: FileNode, report: Report): void {
  let scope = table.root;
  if (file.proto.package !== "") {
    for (const name of file.proto.package.split(".")) {
      let member = scope.members.get(name);
      if (member === undefined) {
        member = newPackage(name, scope, file);
        scope.members.set(name, member);
      } else if (member.kind !== "package") {
        const other = qualify(scope.fullName, name);
        const message = `"${other}" is already defined (as something other than a package) in file "${member.file.name}".`;
        report(file.source, file.packageAt, message);
        member = newPackage(name, scope, file);
      }
      scope = member;
    }
  }
  file.package = scope;
  declareMembers(file, scope, report);
}

interface Container {
  readonly fullName: string;
  readonly members: Map<string, Declaration>;
}

// The order in which protoc declares decides which of two equal names is the one too many.
function declareMembers(file: FileNode, scope: Container, report: Report): void {
  for (const message of file.messages) declareMessage(message, scope, report);
  for (const child of file.enums) declareEnum(child, scope, report);
  for (const service of file.services) declareService(service, scope, report);
  for (const extension of file.extensions) declare(scope, extension, report);
}

function declareMessage(node: MessageNode, scope: Container, report: Report): void {
  node.fullName = qualify(scope.fullName, node.name);
  for (const oneof of node.oneofs) declare(node, oneof, report);
  for (const field of node.fields) declare(node, field, report);
  for (const child of node.enums) declareEnum(child, node, report);
  for (const extension of node.extensions) declare(node, extension, report);
  for (const message of node.messages) declareMessage(message, node, report);
  declare(scope, node, report);
}

function declareEnum(node: EnumNode, scope: Container, report: Report): void {
  node.fullName = qualify(scope.fullName, node.name);
  for (const value of node.values) declare(scope, value, report);
  declare(scope, node, report);
}

function declareService(node: ServiceNode, scope: Container, report: Report): void {
  node.fullName = qualify(scope.fullName, node.name);
  const members = new Map<string, Declaration>();
  for (const method of node.methods) {
    declare({ fullName: node.fullName, members }, method, report);
  }
  declare(scope, node, report);
}

function declare(scope: Container, node: Exclude<Declaration, PackageNode>, report: Report): void {
  const existing = scope.members.get(node.name);
  if (existing === undefined) {
    scope.members.set(node.name, node);
    return;
  }
  report(node.file.source, node.at, alreadyDefined(node, existing, scope.fullName));
}

function alreadyDefined(
  node: Exclude<Declaration, PackageNode>,
  existing: Declaration,
  scope: string,
): string {
  if (existing.kind === "package") {
    return `"${existing.fullName}" is already defined as a package${
      existing.file === undefined ? "" : ` in file "${existing.file.name}"`
    }.`;
  }
  if (existing.file !== node.file) {
    return `"${qualify(scope, node.name)}" is already defined in file "${existing.file.name}".`;
  }
  const where = scope === "" ? "" : ` in "${scope}"`;
  const mapField = mapFieldOf(node) ?? mapFieldOf(existing);
  if (mapField !== undefined) {
    return `"${node.name}" is already defined${where}: the map field "${mapField.name}" makes a message of the name "${mapEntryName(mapField.name)}".`;
  }
  const note =
    node.kind === "enum value" || existing.kind === "enum value"
      ? " Enum values are siblings of their enum, not children of it: their names have to be unique in what encloses the enum."
      : "";
  return `"${node.name}" is already defined${where}.${note}`;
}

function mapFieldOf(node: Declaration): FieldNode | undefined {
  return node.kind === "message" ? node.mapField : undefined;
}

/** The declaration with a full name, wherever it is. */
export function findDeclaration(table: SymbolTable, fullName: string): Declaration | undefined {
  return descend(table.root, fullName.split("."), 0);
}

/** Follows the parts of a name from `from` on. */
export function descend(
  start: Declaration,
  parts: readonly string[],
  from: number,
): Declaration | undefined {
  let node: Declaration | undefined = start;
  for (let i = from; i < parts.length; i++) {
    if (node.kind !== "package" && node.kind !== "message") return undefined;
    node = node.members.get(parts[i] as string);
    if (node === undefined) return undefined;
  }
  return node;
}

/** Names of all messages and enums that a file can see, for suggestions. */
export function* visibleTypeNames(file: FileNode): Generator<string> {
  function* within(node: FileNode | MessageNode): Generator<string> {
    for (const message of node.messages) {
      if (message.mapField !== undefined) continue;
      yield fullNameOf(message);
      yield* within(message);
    }
    for (const child of node.enums) yield fullNameOf(child);
  }
  for (const visible of file.visible) yield* within(visible);
}

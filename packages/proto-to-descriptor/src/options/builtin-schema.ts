import type { DescriptorProto, EnumDescriptorProto } from "@bufbuild/protobuf/wkt";
import { file_google_protobuf_descriptor } from "@bufbuild/protobuf/wkt";
import { linkFile } from "../link/linker.ts";
import { createNameResolver } from "../link/name-resolution.ts";
import {
  createSymbolTable,
  declareFile,
  findDeclaration,
  type SymbolTable,
} from "../link/symbol-table.ts";
import type { EnumNode, FileNode, MessageNode } from "../model/declaration.ts";
import { newFileNode } from "../parser/file.ts";
import {
  addEnum,
  addEnumValue,
  addField,
  addMessage,
  newFieldNode,
} from "../parser/new-declaration.ts";
import { createDiagnosticList } from "../text/diagnostics.ts";
import { createSourceFile } from "../text/source-file.ts";

let table: SymbolTable | undefined;

/**
 * A message of google/protobuf/descriptor.proto, for compilations that do not import that file:
 * options with plain names work without it.
 */
export function builtinMessage(fullName: string): MessageNode {
  table ??= declareBuiltin();
  const found = findDeclaration(table, fullName);
  if (found?.kind !== "message") throw new Error(`${fullName} is not in descriptor.proto`);
  return found;
}

function declareBuiltin(): SymbolTable {
  const { proto } = file_google_protobuf_descriptor;
  const file = newFileNode(createSourceFile(proto.name, ""));
  file.proto.package = proto.package;
  for (const message of proto.messageType) addBuiltinMessage(file, undefined, message);
  for (const node of proto.enumType) addBuiltinEnum(file, undefined, node);
  const symbols = createSymbolTable();
  const { report } = createDiagnosticList();
  declareFile(symbols, file, report);
  linkFile(file, createNameResolver(symbols, file), report);
  return symbols;
}

function addBuiltinMessage(
  file: FileNode,
  parent: MessageNode | undefined,
  proto: DescriptorProto,
): void {
  const node = addMessage(file, parent, proto.name, 0);
  for (const message of proto.nestedType) addBuiltinMessage(file, node, message);
  for (const child of proto.enumType) addBuiltinEnum(file, node, child);
  for (const source of proto.field) {
    const field = newFieldNode(file, node, 0, false);
    field.name = source.name;
    Object.assign(field.proto, source);
    // As the parser leaves it: the linker finds out whether a name is a message or an enum.
    if (source.typeName !== "") Reflect.deleteProperty(field.proto, "type");
    addField(node, field);
  }
}

function addBuiltinEnum(
  file: FileNode,
  parent: MessageNode | undefined,
  proto: EnumDescriptorProto,
): EnumNode {
  const node = addEnum(file, parent, proto.name, 0);
  for (const source of proto.value) {
    addEnumValue(node, source.name, 0).proto.number = source.number;
  }
  return node;
}

import { isMessageType, isPackable, isRepeated } from "../link/features.ts";
import type { EnumNode, FieldNode, FileNode, MessageNode } from "../model/declaration.ts";
import * as type from "../model/scalar-type.ts";
import type { Report } from "../text/diagnostics.ts";
import { validateEditions } from "./editions.ts";
import { validateExtensionDeclarations } from "./extension-declarations.ts";
import { extensionsOf } from "./extensions.ts";
import { validateEnumJsonNames, validateFieldJsonNames } from "./json-names.ts";
import { validateProto3 } from "./proto3.ts";
import { validateVisibility } from "./visibility.ts";

const MAX_FIELD_NUMBER = 0x1fffffff;
const LITE_RUNTIME = 3;

/** Checks what depends on the values of options, once these are interpreted. */
export function validateOptions(file: FileNode, report: Report): void {
  validateLiteImports(file, report);
  validateVisibility(file, report);
  for (const message of file.messages) validateMessage(message, report);
  for (const node of file.enums) validateEnum(node, report);
  for (const extension of extensionsOf(file)) {
    validateField(extension, report);
    validateExtensionDeclarations(extension, report);
  }
  if (file.syntax === "proto3") validateProto3(file, report);
  if (file.syntax === "editions") validateEditions(file, report);
}

const isLite = (file: FileNode): boolean =>
  (file.proto.options?.optimizeFor as number) === LITE_RUNTIME;

function validateLiteImports(file: FileNode, report: Report): void {
  if (isLite(file)) return;
  for (const { file: imported, at, name } of file.imports) {
    if (imported === undefined || !isLite(imported)) continue;
    const message = `This file does not use optimize_for = LITE_RUNTIME, so it cannot import "${name}", which does.`;
    report(file.source, at, message);
  }
}

function validateMessage(node: MessageNode, report: Report): void {
  const isMessageSet = node.proto.options?.messageSetWireFormat === true;
  if (!isMessageSet) {
    for (const { proto, at } of node.ranges) {
      if (proto.end <= MAX_FIELD_NUMBER + 1) continue;
      const message = `Extension numbers cannot be greater than ${MAX_FIELD_NUMBER}.`;
      report(node.file.source, at, message);
    }
  }
  if (node.mapField === undefined && node.proto.options?.mapEntry === true) {
    const message = "map_entry must not be set by hand: use map<KeyType, ValueType> instead.";
    report(node.file.source, node.at, message);
  }
  for (const field of node.fields) validateField(field, report);
  validateFieldJsonNames(node, report);
  for (const message of node.messages) validateMessage(message, report);
  for (const child of node.enums) validateEnum(child, report);
}

function validateField(field: FieldNode, report: Report): void {
  const { file, proto, typeAt, container } = field;
  const { source } = file;
  if (proto.options !== undefined) validateFieldOptions(field, report);
  if (container?.proto.options?.messageSetWireFormat === true) {
    if (!field.isExtension) {
      report(source, field.at, "MessageSets cannot have fields, only extensions.");
    } else if ((proto.type as number) !== type.MESSAGE || proto.label !== type.LABEL_OPTIONAL) {
      report(source, typeAt, "Extensions of MessageSets must be optional messages.");
    }
  }
  if (field.isExtension && container !== undefined && isLite(file) && !isLite(container.file)) {
    const message =
      "Extensions to non-lite types can only be declared in non-lite files: this file uses optimize_for = LITE_RUNTIME.";
    report(source, field.extendeeAt, message);
  }
  if (field.isMap && field.type?.kind === "message") validateMap(field, field.type, report);
}

function validateFieldOptions(field: FieldNode, report: Report): void {
  const { proto, typeAt } = field;
  const { options } = proto;
  const { source } = field.file;
  if (options === undefined) return;
  if ((options.lazy || options.unverifiedLazy) && !isMessageType(field)) {
    report(source, typeAt, "[lazy = true] can only be specified for submessage fields.");
  }
  if (options.packed && !(isRepeated(field) && isPackable(field))) {
    report(source, typeAt, "[packed = true] can only be specified for repeated primitive fields.");
  }
  if (options.jstype !== 0 && !JS_TYPES.has(proto.type)) {
    const message = "jstype is only allowed on int64, uint64, sint64, fixed64 or sfixed64 fields.";
    report(source, typeAt, message);
  }
}

/** The types of numbers that JavaScript has no number for. */
const JS_TYPES: ReadonlySet<number> = new Set([
  type.INT64,
  type.UINT64,
  type.SINT64,
  type.FIXED64,
  type.SFIXED64,
]);

function validateMap(field: FieldNode, entry: MessageNode, report: Report): void {
  const { source } = field.file;
  const [key, value] = entry.fields;
  switch (key?.proto.type as number) {
    case type.ENUM:
      report(source, field.typeAt, "Key in map fields cannot be enum types.");
      break;
    case type.FLOAT:
    case type.DOUBLE:
    case type.MESSAGE:
    case type.GROUP:
    case type.BYTES: {
      const message = "Key in map fields cannot be float/double, bytes or message types.";
      report(source, field.typeAt, message);
    }
  }
  if (value?.type?.kind === "enum" && value.type.values[0]?.proto.number !== 0) {
    const message = `The enum "${value.type.fullName}" cannot be the value of a map: its first value must be 0.`;
    report(source, field.typeAt, message);
  }
}

function validateEnum(node: EnumNode, report: Report): void {
  validateEnumJsonNames(node, report);
  if (node.proto.options?.allowAlias === true || node.values.length < 2) return;
  const byNumber = new Map<number, string>();
  for (const value of node.values) {
    const other = byNumber.get(value.proto.number);
    if (other === undefined) {
      byNumber.set(value.proto.number, value.name);
    } else {
      const message = `"${value.name}" uses the same enum value as "${other}". If this is intended, set "option allow_alias = true;" in the enum.`;
      report(node.file.source, value.numberAt, message);
    }
  }
}

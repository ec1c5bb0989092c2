import { isClosed } from "../link/features.ts";
import type { EnumNode, FieldNode, FileNode, MessageNode } from "../model/declaration.ts";
import { GROUP, LABEL_REQUIRED } from "../model/scalar-type.ts";
import type { Report } from "../text/diagnostics.ts";
import { extensionsOf } from "./extensions.ts";

/** The only messages that a proto3 file may extend. */
const OPTION_MESSAGES: ReadonlySet<string> = new Set(
  [
    "FileOptions",
    "MessageOptions",
    "FieldOptions",
    "OneofOptions",
    "EnumOptions",
    "EnumValueOptions",
    "ExtensionRangeOptions",
    "ServiceOptions",
    "MethodOptions",
    "StreamOptions",
  ].map((name) => `google.protobuf.${name}`),
);

/** Checks what proto3 does not allow. */
export function validateProto3(file: FileNode, report: Report): void {
  for (const message of file.messages) validateMessage(message, report);
  for (const node of file.enums) validateEnum(node, report);
  for (const extension of extensionsOf(file)) {
    validateField(extension, report);
    const extendee = extension.container?.fullName;
    if (extendee !== undefined && !OPTION_MESSAGES.has(extendee)) {
      const message = "Extensions in proto3 are only allowed for defining options.";
      report(file.source, extension.extendeeAt, message);
    }
  }
}

function validateMessage(node: MessageNode, report: Report): void {
  const { source } = node.file;
  for (const { at } of node.ranges) {
    report(source, at, "Extension ranges are not allowed in proto3.");
  }
  if (node.proto.options?.messageSetWireFormat === true) {
    report(source, node.at, "MessageSet is not supported in proto3.");
  }
  for (const field of node.fields) validateField(field, report);
  for (const message of node.messages) validateMessage(message, report);
  for (const child of node.enums) validateEnum(child, report);
}

function validateField(field: FieldNode, report: Report): void {
  const { proto, typeAt, type } = field;
  const { source } = field.file;
  if (proto.label === LABEL_REQUIRED) {
    report(source, typeAt, "Required fields are not allowed in proto3.");
  }
  if ((proto.type as number) === GROUP) {
    report(source, typeAt, "Groups are not supported in proto3 syntax.");
  }
  if (Object.hasOwn(proto, "defaultValue")) {
    report(source, field.defaultAt, "Explicit default values are not allowed in proto3.");
  }
  if (type?.kind === "enum" && isClosed(type)) {
    const user = field.container?.fullName ?? field.name;
    const message = `Enum type "${type.fullName}" is not a proto3 enum, but is used in "${user}", which is a proto3 message type.`;
    report(source, typeAt, message);
  }
}

function validateEnum(node: EnumNode, report: Report): void {
  const [first] = node.values;
  if (first !== undefined && first.proto.number !== 0) {
    report(node.file.source, first.numberAt, "The first enum value must be zero in proto3.");
  }
}

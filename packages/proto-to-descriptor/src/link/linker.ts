import type {
  Declaration,
  EnumNode,
  FieldNode,
  FileNode,
  MessageNode,
  MethodNode,
} from "../model/declaration.ts";
import { fullNameOf } from "../model/declaration.ts";
import { ENUM, LABEL_REPEATED, MESSAGE } from "../model/scalar-type.ts";
import type { Report } from "../text/diagnostics.ts";
import type { NameResolver } from "./name-resolution.ts";
import { suggestion } from "./nearest-name.ts";

/** Resolves every type name of a file to a declaration and writes the full name into the descriptor. */
export function linkFile(file: FileNode, names: NameResolver, report: Report): void {
  for (const message of file.messages) linkMessage(message, names, report);
  for (const extension of file.extensions) linkField(extension, undefined, names, report);
  for (const service of file.services) {
    for (const method of service.methods) linkMethod(method, names, report);
  }
}

function linkMessage(node: MessageNode, names: NameResolver, report: Report): void {
  for (const message of node.messages) linkMessage(message, names, report);
  for (const field of node.fields) linkField(field, node, names, report);
  for (const extension of node.extensions) linkField(extension, node, names, report);
}

function linkField(
  field: FieldNode,
  scope: MessageNode | undefined,
  names: NameResolver,
  report: Report,
): void {
  const { proto } = field;
  if (field.isExtension) linkExtendee(field, scope, names, report);
  if (proto.typeName === "") return;
  const name = proto.typeName;
  // The entry of a map is beside the field, and nothing else of that name may be meant.
  const found = names.resolve(name, scope, true);
  if (found === undefined) {
    report(field.file.source, field.typeAt, names.explain(name, scope));
    return;
  }
  const isGroup = Object.hasOwn(proto, "type");
  if (found.kind === "message") {
    field.type = found;
    if (!isGroup) proto.type = MESSAGE;
    if (Object.hasOwn(proto, "defaultValue")) {
      report(field.file.source, field.defaultAt, "Messages can't have default values.");
    }
  } else if (found.kind === "enum" && !isGroup) {
    field.type = found;
    proto.type = ENUM;
    if (Object.hasOwn(proto, "defaultValue")) checkEnumDefault(field, found, report);
  } else {
    const expected = isGroup ? "a message" : "a type";
    report(field.file.source, field.typeAt, `"${name}" is not ${expected}, it is ${a(found)}.`);
    return;
  }
  proto.typeName = `.${field.type.fullName}`;
}

function linkExtendee(
  field: FieldNode,
  scope: MessageNode | undefined,
  names: NameResolver,
  report: Report,
): void {
  const { source } = field.file;
  const name = field.proto.extendee;
  const found = names.resolve(name, scope, false);
  if (found === undefined) {
    report(source, field.extendeeAt, names.explain(name, scope));
  } else if (found.kind !== "message") {
    report(source, field.extendeeAt, `"${name}" is not a message, it is ${a(found)}.`);
  } else {
    field.container = found;
    field.proto.extendee = `.${found.fullName}`;
  }
}

function checkEnumDefault(field: FieldNode, type: EnumNode, report: Report): void {
  if (field.proto.label === LABEL_REPEATED) return;
  const name = field.proto.defaultValue;
  if (type.values.some((value) => value.name === name)) return;
  const near = suggestion(
    name,
    type.values.map((value) => value.name),
  );
  const message = `Enum type "${type.fullName}" has no value named "${name}".${near}`;
  report(field.file.source, field.defaultAt, message);
}

function linkMethod(method: MethodNode, names: NameResolver, report: Report): void {
  const link = (name: string, at: number): MessageNode | undefined => {
    // A method hides everything of its name from the methods of its service.
    const found =
      method.parent.methods.find((sibling) => sibling.name === name) ??
      names.resolve(name, undefined, false);
    if (found?.kind === "message") return found;
    report(
      method.file.source,
      at,
      found === undefined
        ? names.explain(name, undefined)
        : `"${name}" is not a message, it is ${a(found)}.`,
    );
    return undefined;
  };
  const { proto } = method;
  method.input = link(proto.inputType, method.inputAt);
  method.output = link(proto.outputType, method.outputAt);
  if (method.input !== undefined) proto.inputType = `.${method.input.fullName}`;
  if (method.output !== undefined) proto.outputType = `.${method.output.fullName}`;
}

/** The kind of a declaration with its article. */
function a(node: Declaration): string {
  const article = /^[aeio]/.test(node.kind) ? "an" : "a";
  return `${article} ${node.kind} ("${fullNameOf(node)}")`;
}

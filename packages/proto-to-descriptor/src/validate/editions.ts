import {
  featuresOf,
  isClosed,
  isMessageType,
  isPackable,
  isRepeated,
  isRequired,
} from "../link/features.ts";
import type { EnumNode, FieldNode, FileNode, MessageNode } from "../model/declaration.ts";
import { STRING } from "../model/scalar-type.ts";
import type { Report } from "../text/diagnostics.ts";
import { extensionsOf } from "./extensions.ts";
import { validateNamingStyle } from "./naming-style.ts";

const EDITION_2024 = 1001;
const IMPLICIT = 2;
const LEGACY_REQUIRED = 3;
const PACKED = 1;

/** Checks what editions do not allow: mostly features where they cannot have an effect. */
export function validateEditions(file: FileNode, report: Report): void {
  const { source } = file;
  if (file.proto.options?.features?.fieldPresence === LEGACY_REQUIRED) {
    const statement = file.options.find(({ name }) => name[0]?.name === "features");
    report(source, statement?.at ?? 0, "Required presence can't be specified by default.");
  }
  if (file.edition >= EDITION_2024) {
    for (const { modifier, at } of file.imports) {
      if (modifier === "weak") {
        report(source, at, "Weak imports are not allowed in edition 2024 and later.");
      }
    }
  }
  for (const message of file.messages) validateMessage(message, report);
  for (const node of file.enums) validateEnum(node, report);
  for (const extension of extensionsOf(file)) validateField(extension, report);
  validateNamingStyle(file, report);
}

function validateMessage(node: MessageNode, report: Report): void {
  if (node.mapField !== undefined) return;
  for (const field of node.fields) validateField(field, report);
  for (const message of node.messages) validateMessage(message, report);
  for (const child of node.enums) validateEnum(child, report);
}

function validateField(field: FieldNode, report: Report): void {
  const { proto, file } = field;
  const fail = (message: string, at: number = field.at): void => report(file.source, at, message);
  const own = proto.options?.features;
  const features = featuresOf(field);
  const isImplicit =
    features.fieldPresence === IMPLICIT &&
    !isRepeated(field) &&
    !isMessageType(field) &&
    !field.isExtension &&
    field.oneof === undefined;
  if (isImplicit && Object.hasOwn(proto, "defaultValue")) {
    fail("Implicit presence fields can't specify defaults.", field.defaultAt);
  }
  if (isImplicit && field.type?.kind === "enum" && isClosed(field.type)) {
    fail("Implicit presence enum fields must always be open.", field.typeAt);
  }
  if (field.isExtension && isRequired(field)) fail("Extensions can't be required.");
  const { options } = proto;
  if (options !== undefined) {
    if (Object.hasOwn(options, "packed")) {
      fail(
        "Option packed is not allowed in editions: use features.repeated_field_encoding instead.",
      );
    }
    if (file.edition >= EDITION_2024 && Object.hasOwn(options, "ctype")) {
      fail("Option ctype is not allowed in edition 2024: use features.(pb.cpp).string_type.");
    }
  }
  if (own === undefined) return;
  const has = (name: keyof typeof own): boolean => Object.hasOwn(own, name);
  if (has("fieldPresence")) {
    if (isRepeated(field)) fail("Repeated fields can't specify field presence.");
    else if (field.oneof !== undefined) fail("Oneof fields can't specify field presence.");
    else if (field.isExtension && own.fieldPresence !== LEGACY_REQUIRED) {
      fail("Extensions can't specify field presence.");
    } else if (isMessageType(field) && own.fieldPresence === IMPLICIT) {
      fail("Message fields can't specify implicit presence.");
    }
  }
  if (has("repeatedFieldEncoding")) {
    if (!isRepeated(field)) fail("Only repeated fields can specify repeated field encoding.");
    else if (own.repeatedFieldEncoding === PACKED && !isPackable(field)) {
      fail("Only primitive repeated fields can specify PACKED repeated field encoding.");
    }
  }
  if (has("utf8Validation") && !hasStrings(field)) {
    fail("Only string fields can specify utf8 validation.");
  }
  if (has("messageEncoding") && (!isMessageType(field) || field.isMap)) {
    fail("Only message fields can specify message encoding.");
  }
}

/** Whether a field holds strings, for a map as keys or values. */
function hasStrings(field: FieldNode): boolean {
  if ((field.proto.type as number) === STRING) return true;
  if (!field.isMap || field.type?.kind !== "message") return false;
  return field.type.fields.some((part) => (part.proto.type as number) === STRING);
}

function validateEnum(node: EnumNode, report: Report): void {
  const [first] = node.values;
  if (first !== undefined && first.proto.number !== 0 && !isClosed(node)) {
    const message = "The first enum value must be zero for open enums.";
    report(node.file.source, first.numberAt, message);
  }
}

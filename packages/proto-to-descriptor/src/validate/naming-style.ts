import { enforcesNamingStyle, featuresOf } from "../link/features.ts";
import type { EnumNode, FieldNode, FileNode, MessageNode } from "../model/declaration.ts";
import type { Report } from "../text/diagnostics.ts";

const STYLE2024 = 1;
const TITLE_CASE = /^[A-Z][A-Za-z0-9]*$/;
const LOWER_SNAKE_CASE = /^[a-z][a-z0-9]*(_[a-z][a-z0-9]*)*$/;
const UPPER_SNAKE_CASE = /^[A-Z][A-Z0-9]*(_[A-Z][A-Z0-9]*)*$/;

/** Checks names where `features.enforce_naming_style` is STYLE2024, the default of edition 2024. */
export function validateNamingStyle(file: FileNode, report: Report): void {
  const check = (what: string, name: string, at: number, style: RegExp, called: string): void => {
    if (style.test(name)) return;
    report(
      file.source,
      at,
      `${what} name "${name}" should be in ${called} (features.enforce_naming_style = STYLE2024).`,
    );
  };
  const checkField = (field: FieldNode): void => {
    if (!enforcesNamingStyle(field)) return;
    check("Field", field.name, field.at, LOWER_SNAKE_CASE, "lower_snake_case");
  };
  const checkEnum = (node: EnumNode): void => {
    if (!enforcesNamingStyle(node)) return;
    check("Enum", node.name, node.at, TITLE_CASE, "TitleCase");
    for (const value of node.values) {
      check("Enum value", value.name, value.at, UPPER_SNAKE_CASE, "UPPER_SNAKE_CASE");
    }
  };
  const checkMessage = (node: MessageNode): void => {
    if (node.mapField !== undefined) return;
    if (enforcesNamingStyle(node)) check("Message", node.name, node.at, TITLE_CASE, "TitleCase");
    node.fields.forEach(checkField);
    node.extensions.forEach(checkField);
    for (const oneof of node.oneofs) {
      if (!enforcesNamingStyle(oneof)) continue;
      check("Oneof", oneof.name, oneof.at, LOWER_SNAKE_CASE, "lower_snake_case");
    }
    node.messages.forEach(checkMessage);
    node.enums.forEach(checkEnum);
  };
  const inStyle = featuresOf(file).enforceNamingStyle === STYLE2024;
  if (inStyle && file.proto.package !== "") {
    for (const part of file.proto.package.split(".")) {
      check("Package", part, file.packageAt, LOWER_SNAKE_CASE, "lower_snake_case");
    }
  }
  file.messages.forEach(checkMessage);
  file.enums.forEach(checkEnum);
  file.extensions.forEach(checkField);
  for (const service of file.services) {
    const own = service.proto.options?.features;
    const styled =
      own !== undefined && Object.hasOwn(own, "enforceNamingStyle")
        ? own.enforceNamingStyle === STYLE2024
        : inStyle;
    if (!styled) continue;
    check("Service", service.name, service.at, TITLE_CASE, "TitleCase");
    for (const method of service.methods) {
      check("Method", method.name, method.at, TITLE_CASE, "TitleCase");
    }
  }
}

import { ScalarType } from "@bufbuild/protobuf";
import { enumValueName } from "../enum-names.ts";
import type { JsonOptions } from "../json-codec.ts";
import type { MessageField } from "../message-fields.ts";
import type { IsNumberField } from "../number-fields.ts";
import { isNullValue } from "../to-wire/scalar-writers.ts";

/** The JSON of the zero value of a scalar type. */
export function zeroText(type: ScalarType): string {
  switch (type) {
    case ScalarType.STRING:
    case ScalarType.BYTES:
      return '""';
    case ScalarType.BOOL:
      return "false";
    case ScalarType.INT64:
    case ScalarType.UINT64:
    case ScalarType.SINT64:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return '"0"';
    default:
      return "0";
  }
}

/** What decides on the text of a default. */
export interface DefaultContext {
  readonly options: JsonOptions;
  readonly isNumber: IsNumberField;
}

/** The JSON of an unset field: its zero value, `[]`, `{}`; `null` for a message. */
export function unsetText(field: MessageField, context: DefaultContext): string {
  const { options, isNumber } = context;
  switch (field.fieldKind) {
    case "scalar":
      return isNumber(field) ? "0" : zeroText(field.scalar);
    case "enum": {
      if (isNullValue(field.enum)) return "null";
      const [first] = field.enum.values;
      if (first === undefined || options.enums === "number") return String(first?.number ?? 0);
      return JSON.stringify(enumValueName(first, options));
    }
    case "list":
      return "[]";
    case "map":
      return "{}";
    case "message":
      return "null";
  }
}

/** As {@link unsetText}, with the default that a proto2 or editions field declares. */
export function declaredDefaultText(field: MessageField, context: DefaultContext): string {
  const { options, isNumber } = context;
  const value =
    field.fieldKind === "scalar" || field.fieldKind === "enum"
      ? field.getDefaultValue()
      : undefined;
  if (value === undefined) return unsetText(field, context);
  if (field.fieldKind === "enum") {
    const named = field.enum.value[value as number];
    if (options.enums === "number" || named === undefined) return String(value);
    return JSON.stringify(enumValueName(named, options));
  }
  if (value instanceof Uint8Array) return `"${Buffer.from(value).toString("base64")}"`;
  if (typeof value === "number" && !Number.isFinite(value)) return `"${value}"`;
  const isPlain = typeof value === "number" || typeof value === "boolean";
  return isPlain || (isNumber(field) && Number.isSafeInteger(Number(value)))
    ? String(value)
    : JSON.stringify(String(value));
}

import type { DescField, DescMessage } from "@bufbuild/protobuf";
import type { JsonCodec } from "../json/json-codec.ts";
import { isSpecialMessage, isTextualMessage } from "../json/well-known/special-messages.ts";
import { compileTextOfParts, type TextOfParts } from "./message-parts.ts";
import type { TextDialect } from "./text-dialect.ts";
import { compileScalarText, compileTextValue, type TextParser } from "./text-value.ts";

/** A field as query parameters see it. */
export interface QueryField {
  readonly desc: DescField;
  readonly kind: "singular" | "list" | "map" | "message" | "messages" | "unbindable";
  /** Of the value, of a list's element or of a map's value. */
  readonly parse: TextParser;
  /** Of a map's key. */
  readonly parseKey: TextParser;
  /** The json names of the other members of the field's oneof. */
  readonly rivals: readonly string[];
  /** Makes the text to {@link parse} of a well-known message whose fields parameters name. */
  readonly textOfParts: TextOfParts | undefined;
  /** The fields of a message that parameters can name, `a.b`, `a[0].b`. */
  readonly fields: () => QueryFields;
}

/** The fields of a message under their proto names and json names; proto names come first. */
export type QueryFields = ReadonlyMap<string, QueryField>;

/** Compiles the fields of messages for queries, each message once and when it is first named. */
export function createQueryFields(
  dialect: TextDialect,
  codec: JsonCodec,
  isChecked: boolean,
  indexes: boolean,
): (message: DescMessage) => QueryFields {
  const compiled = new Map<DescMessage, QueryFields>();

  function fieldsOf(message: DescMessage): QueryFields {
    let fields = compiled.get(message);
    if (fields === undefined) {
      const all = message.fields.map(compileField);
      fields = new Map([
        ...all.map((field) => [field.desc.jsonName, field] as const),
        ...all.map((field) => [field.desc.name, field] as const),
      ]);
      compiled.set(message, fields);
    }
    return fields;
  }

  function compileField(desc: DescField): QueryField {
    const parse = compileTextValue(desc, dialect, codec, isChecked);
    return {
      desc,
      kind: kindOf(desc, parse, indexes),
      parse: parse ?? unreachable,
      parseKey: desc.fieldKind === "map" ? compileScalarText(desc.mapKey, dialect) : unreachable,
      rivals: (desc.oneof?.fields ?? [])
        .filter((member) => member !== desc)
        .map((member) => member.jsonName),
      textOfParts: dialect.messageParts ? textOfPartsOf(desc) : undefined,
      fields: () => (hasFields(desc) ? fieldsOf(desc.message as DescMessage) : new Map()),
    };
  }

  return fieldsOf;
}

function textOfPartsOf(desc: DescField): TextOfParts | undefined {
  if (desc.fieldKind !== "message" || !isTextualMessage(desc.message)) return undefined;
  return compileTextOfParts(desc.message);
}

function hasFields({ fieldKind, message }: DescField): boolean {
  return message !== undefined && (fieldKind === "message" || fieldKind === "list");
}

/** `indexes`: whether the items of a repeated message have numbers, so that their fields can be named. */
function kindOf(
  desc: DescField,
  parse: TextParser | undefined,
  indexes: boolean,
): QueryField["kind"] {
  if (indexes && desc.fieldKind === "list" && desc.message && !isSpecialMessage(desc.message)) {
    return "messages";
  }
  if (desc.fieldKind === "message" && !isSpecialMessage(desc.message)) return "message";
  if (parse === undefined) return "unbindable";
  if (desc.fieldKind === "list" || desc.fieldKind === "map") return desc.fieldKind;
  return "singular";
}

function unreachable(): never {
  throw new Error("the field has no text");
}

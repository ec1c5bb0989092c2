import type { DescMessage } from "@bufbuild/protobuf";
import { type FieldsOf, jsonKey, type MessageField } from "./message-fields.ts";

/** Presence as google.protobuf.FeatureSet.FieldPresence numbers it. */
export const Presence = { EXPLICIT: 1, IMPLICIT: 2, REQUIRED: 3 } as const;

/** A key that a message's JSON object may have: a field under its JSON name or its proto name. */
export interface MemberRule {
  readonly key: string;
  readonly field: MessageField;
  /** The field's JSON name. Where {@link key} is the other name, only one of the two may have a value. */
  readonly jsonKey: string;
  /** Position of the field's oneof in the message, of which one member may have a value; -1 for none. */
  readonly oneof: number;
  readonly required: boolean;
  /** Whether `null` is a value of the field, not the absence of one: for Value and NullValue. */
  readonly takesNull: boolean;
}

/** The keys of a message's fields. One that is a field's JSON name and another's proto name means the first. */
export function memberRules(message: DescMessage, fieldsOf: FieldsOf): MemberRule[] {
  const fields = fieldsOf(message);
  const jsonKeys = new Set(fields.map((field) => jsonKey(field, "json")));
  return fields.flatMap((field) => {
    const key = jsonKey(field, "json");
    const protoKey = jsonKey(field, "proto");
    const rule = {
      field,
      jsonKey: key,
      oneof: field.oneof === undefined ? -1 : message.oneofs.indexOf(field.oneof),
      required: field.presence === Presence.REQUIRED,
      takesNull: takesNull(field),
    };
    return (jsonKeys.has(protoKey) ? [key] : [key, protoKey]).map((name) => ({
      ...rule,
      key: name,
    }));
  });
}

function takesNull(field: MessageField): boolean {
  return field.fieldKind === "message"
    ? field.message.typeName === "google.protobuf.Value"
    : field.fieldKind === "enum" && field.enum.typeName === "google.protobuf.NullValue";
}

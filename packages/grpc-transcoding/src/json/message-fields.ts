import type { DescExtension, DescField, DescMessage, Registry } from "@bufbuild/protobuf";
import { isMasked } from "./masked-message.ts";

/** What stands in a message's JSON object under a key: a field, or an extension. */
export type MessageField = DescField | DescExtension;

/** All fields of a message: those declared in it, then the extensions that the registry knows. */
export type FieldsOf = (message: DescMessage) => readonly MessageField[];

/** Indexes the registry's extensions on first need: most schemas have none besides options. */
export function createFieldsOf(registry: Registry): FieldsOf {
  let byExtendee: Map<string, DescExtension[]> | undefined;
  return (message) => {
    // A mask names no extension.
    if (message.proto.extensionRange.length === 0 || isMasked(message)) return message.fields;
    byExtendee ??= indexExtensions(registry);
    return [...message.fields, ...(byExtendee.get(message.typeName) ?? [])];
  };
}

function indexExtensions(registry: Registry): Map<string, DescExtension[]> {
  const byExtendee = new Map<string, DescExtension[]>();
  for (const type of registry) {
    if (type.kind !== "extension") continue;
    const extensions = byExtendee.get(type.extendee.typeName);
    if (extensions === undefined) byExtendee.set(type.extendee.typeName, [type]);
    else extensions.push(type);
  }
  return byExtendee;
}

/** The key of a field in ProtoJSON output; an extension's is its full name in brackets. */
export function jsonKey(field: MessageField, naming: "json" | "proto"): string {
  if (field.kind === "extension") return `[${field.typeName}]`;
  return naming === "json" ? field.jsonName : field.name;
}

/** Presence as google.protobuf.FeatureSet.FieldPresence numbers it. */
export const Presence = { EXPLICIT: 1, IMPLICIT: 2, REQUIRED: 3 } as const;

/** True for messages of `option message_set_wire_format`: their extensions have a wire format of their own. */
export function isMessageSet(message: DescMessage): boolean {
  return message.proto.options?.messageSetWireFormat === true;
}

import type { DescField, DescMessage } from "@bufbuild/protobuf";

/** Which fields of a message are wanted: each with those of its own that are; an empty map stands for all of them. */
export interface FieldTree extends ReadonlyMap<DescField, FieldTree> {}

const masked = new WeakSet<DescMessage>();

/** Whether a descriptor is one of {@link maskMessage}. */
export function isMasked(message: DescMessage): boolean {
  return masked.has(message);
}

/** A descriptor of the same message with the wanted fields alone: what a printer of it does not know, it skips. */
export function maskMessage(message: DescMessage, wanted: FieldTree): DescMessage {
  if (wanted.size === 0) return message;
  const fields = message.fields
    .filter((field) => wanted.has(field))
    .map((field) => maskField(field, wanted.get(field) as FieldTree));
  const copy: DescMessage = Object.create(message, { fields: { value: fields } });
  masked.add(copy);
  return copy;
}

/** The same field, whose messages have the wanted fields alone. */
export function maskField(field: DescField, wanted: FieldTree): DescField {
  if (field.message === undefined || wanted.size === 0) return field;
  return Object.create(field, { message: { value: maskMessage(field.message, wanted) } });
}

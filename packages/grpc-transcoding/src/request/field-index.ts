import type { DescField, DescMessage } from "@bufbuild/protobuf";

/** The fields of a message under their proto names and json names; proto names come first. */
export type FieldIndex = ReadonlyMap<string, DescField>;

/** Indexes messages, each when it is first met. */
export function createFieldIndex(): (message: DescMessage) => FieldIndex {
  const indexes = new Map<DescMessage, FieldIndex>();
  return (message) => {
    let index = indexes.get(message);
    if (index === undefined) {
      const { fields } = message;
      index = new Map([
        ...fields.map((field) => [field.jsonName, field] as const),
        ...fields.map((field) => [field.name, field] as const),
      ]);
      indexes.set(message, index);
    }
    return index;
  };
}

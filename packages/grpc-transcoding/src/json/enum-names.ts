import type { DescEnum, DescEnumValue } from "@bufbuild/protobuf";
import type { JsonOptions } from "./json-codec.ts";

type EnumOptions = Pick<JsonOptions, "enumNames">;

/** A value's name in JSON: as declared, or without what all names of its enum begin with (`BOOK_KIND_`). */
export function enumValueName({ name, parent }: DescEnumValue, { enumNames }: EnumOptions): string {
  if (enumNames !== "short" || parent.sharedPrefix === undefined) return name;
  return name.slice(parent.sharedPrefix.length);
}

/** The numbers of all names that JSON may have for values: those declared are always read. */
export function enumNumbers(type: DescEnum, options: EnumOptions): ReadonlyMap<string, number> {
  const short = type.values.map((value) => [enumValueName(value, options), value.number] as const);
  return new Map([...short, ...type.values.map(({ name, number }) => [name, number] as const)]);
}

import { suggestion } from "../link/nearest-name.ts";
import type { EnumNode, FieldNode } from "../model/declaration.ts";
import * as type from "../model/scalar-type.ts";
import {
  INT32_MAX,
  INT32_MIN,
  INT64_MAX,
  INT64_MIN,
  UINT32_MAX,
  UINT64_MAX,
} from "../text/integer-literal.ts";

/** Smallest and largest value of an integer type; undefined for every other type. */
export function integerRange(field: FieldNode): readonly [min: bigint, max: bigint] | undefined {
  switch (field.proto.type as number) {
    case type.INT32:
    case type.SINT32:
    case type.SFIXED32:
      return [INT32_MIN, INT32_MAX];
    case type.INT64:
    case type.SINT64:
    case type.SFIXED64:
      return [INT64_MIN, INT64_MAX];
    case type.UINT32:
    case type.FIXED32:
      return [0n, UINT32_MAX];
    case type.UINT64:
    case type.FIXED64:
      return [0n, UINT64_MAX];
    default:
      return undefined;
  }
}

const NAMES = new Map([...type.SCALAR_TYPES].map(([name, number]) => [number, name]));

/** What a field holds, for a message: `int32`, `enum "a.B"`, `message "a.B"`. */
export function describeType(field: FieldNode): string {
  const scalar = NAMES.get(field.proto.type as number);
  if (scalar !== undefined) return scalar;
  return `${field.type?.kind ?? "message"} "${field.type?.fullName ?? ""}"`;
}

/** Why an enum lacks a value, with the nearest one that it has. */
export function unknownEnumValue(type: EnumNode, name: string): string {
  const names = type.values.map((value) => value.name);
  return `Enum type "${type.fullName}" has no value named "${name}".${suggestion(name, names)}`;
}

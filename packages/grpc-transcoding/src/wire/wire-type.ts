import { ScalarType } from "@bufbuild/protobuf";

/** The wire types of protobuf's encoding: the low three bits of a tag. */
export const WireType = {
  VARINT: 0,
  FIXED64: 1,
  LENGTH: 2,
  START_GROUP: 3,
  END_GROUP: 4,
  FIXED32: 5,
} as const;

/** A wire type, 0 to 5. */
export type WireType = (typeof WireType)[keyof typeof WireType];

/** The wire type of one value of a scalar type, unpacked. */
export function wireTypeOf(type: ScalarType): WireType {
  switch (type) {
    case ScalarType.STRING:
    case ScalarType.BYTES:
      return WireType.LENGTH;
    case ScalarType.DOUBLE:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return WireType.FIXED64;
    case ScalarType.FLOAT:
    case ScalarType.FIXED32:
    case ScalarType.SFIXED32:
      return WireType.FIXED32;
    default:
      return WireType.VARINT;
  }
}

/** A field's tag: its number and wire type in one unsigned 32-bit integer. */
export function tagOf(fieldNumber: number, wireType: WireType): number {
  return ((fieldNumber << 3) | wireType) >>> 0;
}

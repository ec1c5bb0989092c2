import { ScalarType } from "@bufbuild/protobuf";
import { truncated } from "./malformed.ts";
import {
  high,
  low,
  readFixed32,
  readFixed64,
  readVarint32,
  readVarint64,
  skipVarint,
} from "./varint.ts";

/** The decimal text of the integer of a scalar type whose value starts at `p`. Throws for what crosses the end. */
export function integerText(type: ScalarType, b: Uint8Array, p: number): string {
  switch (type) {
    case ScalarType.INT32:
      return String(varint32(b, p) | 0);
    case ScalarType.UINT32:
      return String(varint32(b, p));
    case ScalarType.SINT32: {
      const value = varint32(b, p);
      return String((value >>> 1) ^ -(value & 1));
    }
    case ScalarType.FIXED32:
      return String(fixed(b, p, 4));
    case ScalarType.SFIXED32:
      return String(fixed(b, p, 4) | 0);
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      if (p + 8 > b.length) truncated();
      readFixed64(b, p);
      return wide(type === ScalarType.SFIXED64);
    default: {
      skipVarint(b, p, b.length);
      readVarint64(b, p);
      if (type !== ScalarType.SINT64) return wide(type === ScalarType.INT64);
      const value = unsigned();
      return String((value >> 1n) ^ -(value & 1n));
    }
  }
}

function varint32(b: Uint8Array, p: number): number {
  skipVarint(b, p, b.length);
  return readVarint32(b, p);
}

function fixed(b: Uint8Array, p: number, size: number): number {
  if (p + size > b.length) truncated();
  return readFixed32(b, p);
}

function unsigned(): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}

/** The 64 bits that were read last. */
function wide(isSigned: boolean): string {
  if (high >>> 0 < 0x200000) return String((high >>> 0) * 4294967296 + (low >>> 0));
  return String(isSigned ? BigInt.asIntN(64, unsigned()) : unsigned());
}

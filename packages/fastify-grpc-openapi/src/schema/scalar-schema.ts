import { ScalarType } from "@bufbuild/protobuf";
import type { SchemaObject } from "../model/openapi.ts";

const maxUint32 = 0xffffffff;

/**
 * The JSON form of a scalar by ProtoJSON's table. 64-bit integers are strings; NaN and the
 * infinities, which are strings on the wire, are left to the documentation.
 */
export function scalarSchema(scalar: ScalarType): SchemaObject {
  switch (scalar) {
    case ScalarType.BOOL:
      return { type: "boolean" };
    case ScalarType.STRING:
      return { type: "string" };
    case ScalarType.BYTES:
      return { type: "string", format: "byte" };
    case ScalarType.DOUBLE:
      return { type: "number", format: "double" };
    case ScalarType.FLOAT:
      return { type: "number", format: "float" };
    case ScalarType.INT32:
    case ScalarType.SINT32:
    case ScalarType.SFIXED32:
      return { type: "integer", format: "int32" };
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return { type: "integer", format: "uint32", minimum: 0, maximum: maxUint32 };
    case ScalarType.INT64:
    case ScalarType.SINT64:
    case ScalarType.SFIXED64:
      return { type: "string", format: "int64" };
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return { type: "string", format: "uint64" };
  }
}

/** Whether a scalar's JSON is a string although it is a number: numeric keywords say nothing about it. */
export function is64Bit(scalar: ScalarType): boolean {
  return ["int64", "uint64"].includes(scalarSchema(scalar).format ?? "");
}

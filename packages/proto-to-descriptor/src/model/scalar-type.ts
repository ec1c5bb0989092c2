/** Names of the scalar types and their numbers in `FieldDescriptorProto.Type`. */
export const SCALAR_TYPES: ReadonlyMap<string, number> = new Map([
  ["double", 1],
  ["float", 2],
  ["int64", 3],
  ["uint64", 4],
  ["int32", 5],
  ["fixed64", 6],
  ["fixed32", 7],
  ["bool", 8],
  ["string", 9],
  ["bytes", 12],
  ["uint32", 13],
  ["sfixed32", 15],
  ["sfixed64", 16],
  ["sint32", 17],
  ["sint64", 18],
]);

export const DOUBLE = 1;
export const FLOAT = 2;
export const INT64 = 3;
export const UINT64 = 4;
export const INT32 = 5;
export const FIXED64 = 6;
export const FIXED32 = 7;
export const BOOL = 8;
export const STRING = 9;
export const GROUP = 10;
export const MESSAGE = 11;
export const BYTES = 12;
export const UINT32 = 13;
export const ENUM = 14;
export const SFIXED32 = 15;
export const SFIXED64 = 16;
export const SINT32 = 17;
export const SINT64 = 18;

export const LABEL_OPTIONAL = 1;
export const LABEL_REQUIRED = 2;
export const LABEL_REPEATED = 3;

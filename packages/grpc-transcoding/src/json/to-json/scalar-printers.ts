import { type DescEnum, ScalarType } from "@bufbuild/protobuf";
import {
  high,
  low,
  position,
  readFixed32,
  readFixed64,
  readLength,
  readVarint32,
  readVarint64,
} from "../../wire/varint.ts";
import { enumValueName } from "../enum-names.ts";
import type { JsonOptions } from "../json-codec.ts";
import { bytes, capacity, grow, room } from "../output-buffer.ts";
import { isNullValue } from "../to-wire/scalar-writers.ts";
import { type Literal, literal, printLiteral } from "./literal.ts";
import { printBase64 } from "./print-base64.ts";
import {
  printDouble,
  printFloat,
  printInt32,
  printInt64,
  printUint32,
  readDouble,
  readFloat,
} from "./print-number.ts";
import { printString } from "./print-string.ts";
import type { Print } from "./value-printer.ts";

const trueLiteral = literal("true");
const falseLiteral = literal("false");

const printBool: Print = (b, p, _end, q) => {
  const x = b[p] as number;
  let set = x === 1;
  if (x > 1) {
    readVarint64(b, p);
    set = (low | high) !== 0;
  }
  return printLiteral(q, set ? trueLiteral : falseLiteral);
};

const printCheckedString: Print = (b, p, end, q) => {
  const length = readLength(b, p, end);
  return printString(b, position, position + length, q, true);
};

const printUncheckedString: Print = (b, p, end, q) => {
  const length = readLength(b, p, end);
  return printString(b, position, position + length, q, false);
};

const printBytes: Print = (b, p, end, q) => {
  const length = readLength(b, p, end);
  return printBase64(b, position, position + length, q);
};

const printSint64: Print = (b, p, _end, q) => {
  readVarint64(b, p);
  const sign = -(low & 1);
  return printInt64(q, ((low >>> 1) | (high << 31)) ^ sign, (high >>> 1) ^ sign, true);
};

const printSint32: Print = (b, p, _end, q) => {
  const value = readVarint32(b, p);
  return printInt32(q, (value >>> 1) ^ -(value & 1));
};

function varint64Printer(signed: boolean): Print {
  return (b, p, _end, q) => {
    readVarint64(b, p);
    return printInt64(q, low, high, signed);
  };
}

function fixed64Printer(signed: boolean): Print {
  return (b, p, _end, q) => {
    readFixed64(b, p);
    return printInt64(q, low, high, signed);
  };
}

const printers: Readonly<Record<ScalarType, Print>> = {
  [ScalarType.DOUBLE]: (b, p, _end, q) => printDouble(q, readDouble(b, p)),
  [ScalarType.FLOAT]: (b, p, _end, q) => printFloat(q, readFloat(b, p)),
  [ScalarType.INT64]: varint64Printer(true),
  [ScalarType.UINT64]: varint64Printer(false),
  [ScalarType.INT32]: (b, p, _end, q) => printInt32(q, readVarint32(b, p) | 0),
  [ScalarType.FIXED64]: fixed64Printer(false),
  [ScalarType.FIXED32]: (b, p, _end, q) => printUint32(q, readFixed32(b, p)),
  [ScalarType.BOOL]: printBool,
  [ScalarType.STRING]: printCheckedString,
  [ScalarType.BYTES]: printBytes,
  [ScalarType.UINT32]: (b, p, _end, q) => printUint32(q, readVarint32(b, p)),
  [ScalarType.SFIXED32]: (b, p, _end, q) => printInt32(q, readFixed32(b, p) | 0),
  [ScalarType.SFIXED64]: fixed64Printer(true),
  [ScalarType.SINT32]: printSint32,
  [ScalarType.SINT64]: printSint64,
};

/** Prints values of a scalar type; `validateUtf8` concerns strings (the field's `utf8_validation`). */
export function scalarPrinter(type: ScalarType, validateUtf8: boolean): Print {
  return type === ScalarType.STRING && !validateUtf8 ? printUncheckedString : printers[type];
}

/** Prints enum values by the first name of their number, unknown numbers as numbers, NullValue as `null`. */
export function enumPrinter(type: DescEnum, options: JsonOptions): Print {
  if (isNullValue(type)) {
    const nullLiteral = literal("null");
    return (_b, _p, _end, q) => printLiteral(q, nullLiteral);
  }
  if (options.enums === "number") return printers[ScalarType.INT32];
  const names = new Map<number, Literal>();
  for (const value of type.values) {
    if (!names.has(value.number))
      names.set(value.number, literal(JSON.stringify(enumValueName(value, options))));
  }
  return (b, p, _end, q) => {
    const number = readVarint32(b, p) | 0;
    const name = names.get(number);
    if (name === undefined) return printInt32(q, number);
    if (q + name.length + room > capacity) grow(q, name.length + room);
    return printLiteral(q, name);
  };
}

/** The key of a map entry: numbers and bools are quoted as well. */
export function mapKeyPrinter(type: ScalarType, validateUtf8: boolean): Print {
  const print = scalarPrinter(type, validateUtf8);
  switch (type) {
    case ScalarType.STRING:
    case ScalarType.INT64:
    case ScalarType.UINT64:
    case ScalarType.SINT64:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return print;
    default:
      return (b, p, end, q, depth) => {
        bytes[q] = 34;
        const close = print(b, p, end, q + 1, depth);
        bytes[close] = 34;
        return close + 1;
      };
  }
}

import type { DescMessage } from "@bufbuild/protobuf";
import { tagOf, WireType } from "../../wire/wire-type.ts";
import type { JsonOptions } from "../json-codec.ts";
import { isMessageSet, jsonKey, type MessageField, Presence } from "../message-fields.ts";
import { unsetText } from "./default-text.ts";
import {
  closedNumbers,
  listPrinter,
  mapPrinter,
  type PrinterContext,
  valuePrinter,
  valueWireType,
} from "./field-printer.ts";
import { literal } from "./literal.ts";
import type { FieldPrinter, Fields } from "./locate-fields.ts";
import type { Print } from "./value-printer.ts";

/** Numbers below are looked up in an array, the others in a map. */
const highNumber = 256;

/** Compiles fields, which are printed in the order given. */
export function compileFields(
  declared: readonly MessageField[],
  message: DescMessage,
  context: PrinterContext,
): Fields {
  const list = declared.map((field, i) => compileField(field, i, message, context));
  const low: (FieldPrinter | undefined)[] = [];
  const high = new Map<number, FieldPrinter>();
  for (const [i, { number }] of declared.entries()) {
    const printer = list[i] as FieldPrinter;
    if (number >= highNumber) {
      high.set(number, printer);
      continue;
    }
    // Without holes, which would make reading slower.
    while (low.length <= number) low.push(undefined);
    low[number] = printer;
  }
  return {
    list,
    low,
    high,
    slotCount: list.length * 2 + message.oneofs.length,
    ordered: canBeOrdered(declared, message),
  };
}

/** Writers go by number, so the order of the declarations must. The members of a MessageSet come by chance. */
function canBeOrdered(declared: readonly MessageField[], message: DescMessage): boolean {
  const ascending = declared.every(
    ({ number }, i) => i === 0 || number > (declared[i - 1] as MessageField).number,
  );
  // Bits of a number tell which oneofs have a member.
  return ascending && message.oneofs.length <= 31 && !isMessageSet(message);
}

function compileField(
  field: MessageField,
  index: number,
  message: DescMessage,
  context: PrinterContext,
): FieldPrinter {
  const { options } = context;
  const repeated = field.fieldKind === "list" || field.fieldKind === "map";
  const wireType = valueWireType(field);
  const key = JSON.stringify(jsonKey(field, options.naming));
  const implicit = repeated || field.presence === Presence.IMPLICIT;
  return {
    tag: tagOf(field.number, wireType),
    packedTag:
      repeated && wireType !== WireType.LENGTH && wireType !== WireType.START_GROUP
        ? tagOf(field.number, WireType.LENGTH)
        : 0,
    repeated,
    inPlace: !repeated && field.message === undefined,
    message:
      !repeated && field.message !== undefined ? context.messagePrinter(field.message) : undefined,
    oneof: field.oneof === undefined ? -1 : message.oneofs.indexOf(field.oneof),
    required: field.presence === Presence.REQUIRED,
    known: repeated ? undefined : closedNumbers(field.enum),
    key: literal(`,${key}:`),
    unset: printsUnset(field, implicit, options)
      ? literal(`,${key}:${implicit ? unsetText(field, context) : "null"}`)
      : undefined,
    omitted: implicit && options.emit === "set" ? literal(unsetText(field, context)) : undefined,
    jsonName: jsonKey(field, "json"),
    index,
    print: fieldPrinter(field, context),
  };
}

/**
 * True for fields that are printed when unset. `all` follows grpc-gateway's EmitUnpopulated (Go's
 * protojson): no member of a oneof, which a proto3 `optional` counts as.
 */
function printsUnset(field: MessageField, implicit: boolean, options: JsonOptions): boolean {
  if (field.kind === "extension" || options.emit === "set") return false;
  if (implicit) return true;
  return (
    options.emit === "all" &&
    field.presence !== Presence.REQUIRED &&
    field.oneof === undefined &&
    !field.proto.proto3Optional
  );
}

function fieldPrinter(field: MessageField, context: PrinterContext): Print {
  switch (field.fieldKind) {
    case "list":
      return listPrinter(field, context);
    case "map":
      return mapPrinter(field, context);
    default:
      return valuePrinter(field, context);
  }
}

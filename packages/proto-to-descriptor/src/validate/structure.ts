import type { EnumNode, FieldNode, FileNode, MessageNode } from "../model/declaration.ts";
import { fullNameOf } from "../model/declaration.ts";
import { LABEL_REPEATED, LABEL_REQUIRED } from "../model/scalar-type.ts";
import type { Report } from "../text/diagnostics.ts";
import type { SourceFile } from "../text/source-file.ts";
import {
  findRange,
  formatRange,
  type NumberRange,
  overlaps,
  type SortedRanges,
  sortRanges,
} from "./number-range.ts";

const MAX_FIELD_NUMBER = 0x1fffffff;
const FIRST_IMPLEMENTATION_NUMBER = 19000;
const LAST_IMPLEMENTATION_NUMBER = 19999;

/** Checks what a file says by itself, before any name is resolved: numbers, ranges, reservations. */
export function validateStructure(file: FileNode, report: Report): void {
  for (const message of file.messages) validateMessage(message, report);
  for (const node of file.enums) validateEnum(node, report);
  for (const extension of file.extensions) validateField(extension, report);
}

interface Range extends NumberRange {
  readonly at: number;
  readonly index: number;
}

const EMPTY: SortedRanges<Range> = [];

function validateMessage(node: MessageNode, report: Report): void {
  if (node.mapField !== undefined) return;
  const { source } = node.file;
  const hasRanges = node.ranges.length > 0 || node.proto.reservedRange.length > 0;
  const reserved = hasRanges ? validateReservedRanges(node, report) : EMPTY;
  const extensions = hasRanges ? validateExtensionRanges(node, reserved, report) : EMPTY;
  const reservedNames = new Set(node.proto.reservedName);
  if (reservedNames.size < node.proto.reservedName.length) {
    const twice = firstDuplicate(node.proto.reservedName);
    report(source, node.at, `Field name "${twice}" is reserved multiple times.`);
  }
  let nextNumber: number | undefined;
  const numbers = node.fields.length > 1 ? new Map<number, FieldNode>() : undefined;
  for (const field of node.fields) {
    validateField(field, report);
    const { number } = field.proto;
    const extensionRange = findRange(extensions, number);
    if (extensionRange !== undefined) {
      const range = formatRange(extensionRange);
      const message = `Extension range ${range} includes field "${field.name}" (${number}).`;
      report(source, extensionRange.at, message);
    }
    if (findRange(reserved, number) !== undefined) {
      report(source, field.numberAt, `Field "${field.name}" uses reserved number ${number}.`);
    }
    if (reservedNames.size > 0 && reservedNames.has(field.name)) {
      report(source, field.at, `Field name "${field.name}" is reserved.`);
    }
    const other = numbers?.get(number);
    if (other !== undefined) {
      nextNumber ??= nextFreeNumber(node);
      const message = `Field number ${number} has already been used in "${node.fullName}" by field "${other.name}". The next free number is ${nextNumber}.`;
      report(source, field.numberAt, message);
    } else {
      numbers?.set(number, field);
    }
  }
  for (const oneof of node.oneofs) {
    if (oneof.fields.length === 0) report(source, oneof.at, "Oneof must have at least one field.");
  }
  for (const message of node.messages) validateMessage(message, report);
  for (const child of node.enums) validateEnum(child, report);
  for (const extension of node.extensions) validateField(extension, report);
}

function nextFreeNumber(node: MessageNode): number {
  const used = new Set(node.fields.map((field) => field.proto.number));
  const ranges = sortRanges([...node.proto.reservedRange, ...node.proto.extensionRange]);
  let next = 1;
  while (used.has(next) || findRange(ranges, next) !== undefined) next++;
  return next;
}

function validateReservedRanges(node: MessageNode, report: Report): SortedRanges<Range> {
  const { source } = node.file;
  const ranges = node.proto.reservedRange.map(({ start, end }, index): Range => {
    const at = node.reservedAt[index] as number;
    if (start <= 0) report(source, at, "Reserved numbers must be positive integers.");
    if (start >= end) {
      report(source, at, "Reserved range end number must be greater than start number.");
    }
    return { start, end, at, index };
  });
  const sorted = sortRanges(ranges);
  reportOverlaps("Reserved", sorted, source, report);
  return sorted;
}

function validateExtensionRanges(
  node: MessageNode,
  reserved: SortedRanges<Range>,
  report: Report,
): SortedRanges<Range> {
  const { source } = node.file;
  const ranges = node.ranges.map(({ proto: { start, end }, at }, index): Range => {
    if (start <= 0) report(source, at, "Extension numbers must be positive integers.");
    if (start >= end) {
      report(source, at, "Extension range end number must be greater than start number.");
    }
    return { start, end, at, index };
  });
  const sorted = sortRanges(ranges);
  reportOverlaps("Extension", sorted, source, report);
  for (const range of reserved.length > 0 ? ranges : []) {
    const overlapping = reserved.find(
      (other) => other.start < range.end && range.start < other.end,
    );
    if (overlapping === undefined) continue;
    const message = `Extension range ${formatRange(range)} overlaps with reserved range ${formatRange(overlapping)}.`;
    report(source, range.at, message);
  }
  return sorted;
}

/** As protoc, reports an overlap at the range that stands first. */
function reportOverlaps(
  what: "Reserved" | "Extension",
  sorted: SortedRanges<Range>,
  source: SourceFile,
  report: Report,
): void {
  for (const [a, b] of overlaps(sorted)) {
    const [first, second] = a.index < b.index ? [a, b] : [b, a];
    const message = `${what} range ${formatRange(second)} overlaps with already-defined range ${formatRange(first)}.`;
    report(source, first.at, message);
  }
}

function validateField(field: FieldNode, report: Report): void {
  const { proto, file, numberAt } = field;
  const { number } = proto;
  if (number <= 0) {
    report(file.source, numberAt, "Field numbers must be positive integers.");
  } else if (!field.isExtension && number > MAX_FIELD_NUMBER) {
    report(file.source, numberAt, `Field numbers cannot be greater than ${MAX_FIELD_NUMBER}.`);
  } else if (number >= FIRST_IMPLEMENTATION_NUMBER && number <= LAST_IMPLEMENTATION_NUMBER) {
    const message = `Field numbers ${FIRST_IMPLEMENTATION_NUMBER} through ${LAST_IMPLEMENTATION_NUMBER} are reserved for the protocol buffer library implementation.`;
    report(file.source, numberAt, message);
  }
  if (proto.label === LABEL_REPEATED && Object.hasOwn(proto, "defaultValue")) {
    report(file.source, field.defaultAt, "Repeated fields can't have default values.");
  }
  if (!field.isExtension) return;
  if (proto.label === LABEL_REQUIRED) {
    const message = `The extension ${fullNameOf(field)} cannot be required.`;
    report(file.source, field.typeAt, message);
  }
  if (field.jsonNameAt !== field.startAt) {
    report(file.source, field.jsonNameAt, "json_name is not allowed on extension fields.");
  }
}

function validateEnum(node: EnumNode, report: Report): void {
  const { source } = node.file;
  if (node.values.length === 0) {
    report(source, node.at, "Enums must contain at least one value.");
  }
  const { reservedName, reservedRange } = node.proto;
  if (reservedName.length === 0 && reservedRange.length === 0) return;
  // In the descriptor, ranges of enums include their end.
  const ranges = reservedRange.map(({ start, end }, index): Range => {
    const at = node.reservedAt[index] as number;
    if (start > end) {
      report(source, at, "Reserved range end number must be greater than start number.");
    }
    return { start, end: end + 1, at, index };
  });
  const sorted = sortRanges(ranges);
  reportOverlaps("Reserved", sorted, source, report);
  const names = new Set(reservedName);
  if (names.size < reservedName.length) {
    const twice = firstDuplicate(reservedName);
    report(source, node.at, `Enum value "${twice}" is reserved multiple times.`);
  }
  for (const value of node.values) {
    const { number } = value.proto;
    if (findRange(sorted, number) !== undefined) {
      const message = `Enum value "${value.name}" uses reserved number ${number}.`;
      report(source, value.numberAt, message);
    }
    if (names.has(value.name)) report(source, value.at, `Enum value "${value.name}" is reserved.`);
  }
}

const firstDuplicate = (names: readonly string[]): string | undefined =>
  names.find((name, i) => names.indexOf(name) !== i);

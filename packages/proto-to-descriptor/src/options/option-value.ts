import { findDeclaration } from "../link/symbol-table.ts";
import type { EnumNode, FieldNode, MessageNode } from "../model/declaration.ts";
import {
  formatOptionName,
  type OptionStatement,
  type OptionValue,
} from "../model/option-statement.ts";
import * as type from "../model/scalar-type.ts";
import type { FieldValue, MessageValue } from "./message-value.ts";
import { failAt, type OptionContext } from "./option-context.ts";
import { describeType, integerRange, unknownEnumValue } from "./scalar-value.ts";
import { parseTextFormat } from "./text-format.ts";

/** The value of a statement as the type of its field; undefined after an error. */
export function optionValue(
  context: OptionContext,
  field: FieldNode,
  statement: OptionStatement,
  scope: MessageNode | undefined,
): FieldValue | undefined {
  const { value, valueAt } = statement;
  switch (field.proto.type as number) {
    case type.MESSAGE:
    case type.GROUP: {
      if (value.kind === "aggregate") {
        return aggregateValue(context, field.type as MessageNode, value, scope);
      }
      const name = formatOptionName(statement.name);
      return failAt(
        context,
        valueAt,
        `Option "${name}" is a message: set it as a whole, ${name} = { ... }, or one of its fields, ${name}.field = ...`,
      );
    }
    case type.STRING:
    case type.BYTES:
      return value.kind === "string" ? value.bytes : mismatch(context, field, statement);
    case type.BOOL:
      if (value.kind === "identifier" && value.name === "true") return true;
      if (value.kind === "identifier" && value.name === "false") return false;
      return mismatch(context, field, statement);
    case type.ENUM: {
      if (value.kind !== "identifier") return mismatch(context, field, statement);
      const node = field.type as EnumNode;
      const found = node.values.find((candidate) => candidate.name === value.name);
      if (found !== undefined) return found.proto.number;
      return failAt(context, valueAt, unknownEnumValue(node, value.name));
    }
    case type.DOUBLE:
    case type.FLOAT:
      return floatValue(context, value) ?? mismatch(context, field, statement);
    default:
      return integerValue(context, field, statement);
  }
}

function floatValue({ file }: OptionContext, value: OptionValue): number | undefined {
  if (value.kind === "float") return value.value;
  if (value.kind === "integer") return Number(value.value);
  // protoc 3.21 takes no names here, later ones take them in every syntax.
  if (value.kind !== "identifier" || file.syntax !== "editions") return undefined;
  if (value.name === "inf") return Number.POSITIVE_INFINITY;
  return value.name === "nan" ? Number.NaN : undefined;
}

function integerValue(
  context: OptionContext,
  field: FieldNode,
  statement: OptionStatement,
): bigint | undefined {
  const { value } = statement;
  const range = integerRange(field);
  if (value.kind !== "integer" || range === undefined) return mismatch(context, field, statement);
  const [min, max] = range;
  if (value.value >= min && value.value <= max) return value.value;
  return failAt(
    context,
    statement.valueAt,
    `Value out of range for option "${formatOptionName(statement.name)}" of type ${describeType(field)}: ${value.value}.`,
  );
}

function aggregateValue(
  { file, names, table, report, words }: OptionContext,
  message: MessageNode,
  range: { readonly start: number; readonly end: number },
  scope: MessageNode | undefined,
): MessageValue | undefined {
  return parseTextFormat(file.source, range, message, report, words, {
    extension(container, name) {
      const found = names.resolve(name, scope, false);
      if (found?.kind !== "field" || !found.isExtension) return undefined;
      return found.container === container ? found : undefined;
    },
    message(fullName) {
      const found = findDeclaration(table, fullName);
      return found?.kind === "message" ? found : undefined;
    },
  });
}

function mismatch(
  context: OptionContext,
  field: FieldNode,
  { name, value, valueAt }: OptionStatement,
): undefined {
  return failAt(
    context,
    valueAt,
    `Option "${formatOptionName(name)}" is of type ${describeType(field)}, ${describeValue(value)} does not fit.`,
  );
}

function describeValue(value: OptionValue): string {
  switch (value.kind) {
    case "identifier":
      return `the identifier ${value.name}`;
    case "integer":
      return `the integer ${value.value}`;
    case "float":
      return `the number ${value.value}`;
    case "string":
      return "a string";
    case "aggregate":
      return "a message";
  }
}

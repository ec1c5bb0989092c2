import { isMessageType, isRepeated } from "../link/features.ts";
import { suggestion } from "../link/nearest-name.ts";
import type { FieldNode, MessageNode } from "../model/declaration.ts";
import {
  formatOptionName,
  type OptionNamePart,
  type OptionStatement,
} from "../model/option-statement.ts";
import { failAt, type OptionContext, optionsSchema } from "./option-context.ts";
import type { OptionTarget } from "./option-target.ts";
import { describeType } from "./scalar-value.ts";

/** The fields that the parts of an option's name are; undefined after an error. */
export function resolveOptionName(
  context: OptionContext,
  target: OptionTarget,
  { name, at }: OptionStatement,
): FieldNode[] | undefined {
  const path: FieldNode[] = [];
  let message = optionsSchema(context, target.kind);
  for (let i = 0; i < name.length; i++) {
    const part = name[i] as OptionNamePart;
    const field = part.isExtension
      ? extensionField(context, target, message, part.name, at)
      : plainField(context, message, name.slice(0, i + 1), at);
    if (field === undefined) return undefined;
    path.push(field);
    if (i === name.length - 1) break;
    const shown = formatOptionName(name.slice(0, i + 1));
    if (!isMessageType(field)) {
      const type = describeType(field);
      return failAt(context, at, `Option "${shown}" is of type ${type}, it has no fields.`);
    }
    if (isRepeated(field)) {
      return failAt(
        context,
        at,
        `Option "${shown}" is a repeated message: set each item as a whole, ${shown} = { ... }.`,
      );
    }
    message = field.type as MessageNode;
  }
  return path;
}

function extensionField(
  context: OptionContext,
  target: OptionTarget,
  message: MessageNode,
  name: string,
  at: number,
): FieldNode | undefined {
  const found = context.names.resolve(name, target.scope, false);
  if (found?.kind === "field" && found.container === message) return found;
  if (found === undefined) {
    return failAt(
      context,
      at,
      `Option "(${name})" unknown: ${context.names.explain(name, target.scope)} Ensure that the file imports the file that defines the option.`,
    );
  }
  const instead =
    found.kind === "field" && found.isExtension
      ? `but of "${found.container?.fullName ?? found.proto.extendee}"`
      : `but a ${found.kind}`;
  return failAt(
    context,
    at,
    `Option "(${name})" is not an extension of "${message.fullName}", ${instead}.`,
  );
}

function plainField(
  context: OptionContext,
  message: MessageNode,
  name: readonly OptionNamePart[],
  at: number,
): FieldNode | undefined {
  const last = (name.at(-1) as OptionNamePart).name;
  if (name.length === 1 && last === "uninterpreted_option") {
    return failAt(context, at, `Option must not use the reserved name "${last}".`);
  }
  const found = message.members.get(last);
  if (found?.kind === "field" && !found.isExtension) return found;
  const names = message.fields.map((field) => field.name);
  return failAt(
    context,
    at,
    `Option "${formatOptionName(name)}" unknown: "${message.fullName}" has no field "${last}".${suggestion(last, names)}`,
  );
}

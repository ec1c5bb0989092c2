import { create, type DescMessage, type Message } from "@bufbuild/protobuf";
import {
  EnumOptionsSchema,
  EnumValueOptionsSchema,
  ExtensionRangeOptionsSchema,
  FieldOptionsSchema,
  FileOptionsSchema,
  MessageOptionsSchema,
  MethodOptionsSchema,
  OneofOptionsSchema,
  ServiceOptionsSchema,
} from "@bufbuild/protobuf/wkt";
import type { EnumNode, FieldNode, FileNode, MessageNode } from "../model/declaration.ts";
import type { OptionStatement } from "../model/option-statement.ts";
import type { MessageValue } from "./message-value.ts";

/** The messages of google/protobuf/descriptor.proto that hold options. */
export type OptionsName =
  | "FileOptions"
  | "MessageOptions"
  | "FieldOptions"
  | "OneofOptions"
  | "EnumOptions"
  | "EnumValueOptions"
  | "ExtensionRangeOptions"
  | "ServiceOptions"
  | "MethodOptions";

export const OPTIONS_SCHEMAS: Readonly<Record<OptionsName, DescMessage>> = {
  FileOptions: FileOptionsSchema,
  MessageOptions: MessageOptionsSchema,
  FieldOptions: FieldOptionsSchema,
  OneofOptions: OneofOptionsSchema,
  EnumOptions: EnumOptionsSchema,
  EnumValueOptions: EnumValueOptionsSchema,
  ExtensionRangeOptions: ExtensionRangeOptionsSchema,
  ServiceOptions: ServiceOptionsSchema,
  MethodOptions: MethodOptionsSchema,
};

/** One interpreted statement: a field of the options message as `$unknown` holds it. */
export interface SetOption {
  readonly no: number;
  readonly wireType: number;
  /** Everything after the tag. */
  readonly data: Uint8Array;
  readonly isExtension: boolean;
}

/** The options of one descriptor, on their way from statements to a message. */
export interface OptionTarget {
  readonly kind: OptionsName;
  readonly holder: { readonly proto: { options?: Message | undefined } };
  readonly statements: readonly OptionStatement[];
  /** The message in which extension names are looked up first. */
  readonly scope: MessageNode | undefined;
  /** By index of the statement; a hole is one that is not interpreted yet. */
  readonly set: (SetOption | undefined)[];
  /** Everything that is set, to refuse what is set twice; unused for a single statement. */
  value: MessageValue | undefined;
  /** How often each repeated field is set, by its path; for source info. */
  counts: Map<string, number> | undefined;
}

/** Everything in a file that has options. */
export function collectOptionTargets(file: FileNode): OptionTarget[] {
  const targets: OptionTarget[] = [];
  visitFile(file, targets);
  return targets;
}

function add(
  targets: OptionTarget[],
  kind: OptionsName,
  node: OptionTarget["holder"] & { readonly options: readonly OptionStatement[] },
  scope: MessageNode | undefined,
): void {
  if (node.options.length === 0) return;
  targets.push({
    kind,
    holder: node,
    statements: node.options,
    scope,
    set: [],
    value: undefined,
    counts: undefined,
  });
}

function visitFile(file: FileNode, targets: OptionTarget[]): void {
  add(targets, "FileOptions", file, undefined);
  for (const message of file.messages) visitMessage(message, targets);
  for (const node of file.enums) visitEnum(node, targets);
  visitFields(file.extensions, undefined, targets);
  for (const service of file.services) {
    add(targets, "ServiceOptions", service, undefined);
    for (const method of service.methods) {
      // Braces make an options message, if only an empty one.
      if (method.hasBody) method.proto.options = create(MethodOptionsSchema);
      add(targets, "MethodOptions", method, undefined);
    }
  }
}

// Names in the options of a message are looked up in what encloses it, not in the message.
function visitMessage(node: MessageNode, targets: OptionTarget[]): void {
  if (node.mapField !== undefined) {
    node.proto.options = create(MessageOptionsSchema, { mapEntry: true });
  }
  add(targets, "MessageOptions", node, node.parent);
  visitFields(node.fields, node, targets);
  for (const oneof of node.oneofs) add(targets, "OneofOptions", oneof, node);
  for (const range of node.ranges) add(targets, "ExtensionRangeOptions", range, node.parent);
  for (const message of node.messages) visitMessage(message, targets);
  for (const child of node.enums) visitEnum(child, targets);
  visitFields(node.extensions, node, targets);
}

function visitFields(
  fields: readonly FieldNode[],
  scope: MessageNode | undefined,
  targets: OptionTarget[],
): void {
  for (const field of fields) add(targets, "FieldOptions", field, scope);
}

function visitEnum(node: EnumNode, targets: OptionTarget[]): void {
  add(targets, "EnumOptions", node, node.parent);
  for (const value of node.values) add(targets, "EnumValueOptions", value, node.parent);
}

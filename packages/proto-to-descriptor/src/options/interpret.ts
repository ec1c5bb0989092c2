import { create, type DescMessage, fromBinary, type Message } from "@bufbuild/protobuf";
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
import type { EnumNode, FieldNode, FileNode, MessageNode } from "../declaration.ts";
import type { Report } from "../diagnostics.ts";
import { isDelimited, isMessageType, isRepeated } from "../features.ts";
import type { NameResolver } from "../name-resolution.ts";
import { suggestion } from "../nearest-name.ts";
import { messageFactory } from "../new-message.ts";
import { formatOptionName, type OptionStatement, type OptionValue } from "../option-statement.ts";
import * as type from "../scalar-type.ts";
import { findDeclaration, type SymbolTable } from "../symbol-table.ts";
import { builtinMessage } from "./builtin-schema.ts";
import { ByteWriter } from "./byte-writer.ts";
import {
  type FieldValue,
  type MessageValue,
  newMessageValue,
  wireTypeOf,
  writeValue,
} from "./message-value.ts";
import { describeType, integerRange, unknownEnumValue } from "./scalar-value.ts";
import { parseTextFormat } from "./text-format.ts";

/** Messages of google/protobuf/descriptor.proto that hold options. */
const SCHEMAS = {
  FileOptions: FileOptionsSchema,
  MessageOptions: MessageOptionsSchema,
  FieldOptions: FieldOptionsSchema,
  OneofOptions: OneofOptionsSchema,
  EnumOptions: EnumOptionsSchema,
  EnumValueOptions: EnumValueOptionsSchema,
  ExtensionRangeOptions: ExtensionRangeOptionsSchema,
  ServiceOptions: ServiceOptionsSchema,
  MethodOptions: MethodOptionsSchema,
} as const satisfies Record<string, DescMessage>;
export type OptionsName = keyof typeof SCHEMAS;

const FACTORIES = Object.fromEntries(
  Object.entries(SCHEMAS).map(([name, schema]) => [name, messageFactory(schema as DescMessage)]),
) as Record<OptionsName, () => Message>;

interface Holder {
  readonly proto: { options?: Message | undefined };
}

/** Options of one descriptor, on their way from statements to a message. */
interface Target {
  readonly holder: Holder;
  readonly kind: OptionsName;
  readonly statements: readonly OptionStatement[];
  /** The message in which extension names are looked up first. */
  readonly scope: MessageNode | undefined;
  readonly schema: MessageNode;
  /** Everything that is set, to refuse what is set twice. */
  readonly value: MessageValue;
  readonly repeatedCounts: Map<string, number>;
  /** By index of the statement; a hole is one that is not interpreted yet. */
  readonly set: (SetOption | undefined)[];
}

/** One interpreted statement: a field of the options message as `$unknown` holds it. */
interface SetOption {
  readonly no: number;
  readonly wireType: number;
  /** Everything after the tag. */
  readonly data: Uint8Array;
  readonly isExtension: boolean;
}

const UNINTERPRETED_OPTION_PATH_LENGTH = 2;
const END_GROUP = 4;

/** Interprets all options of a linked file and stores them in its descriptors. */
export function interpretOptions(
  file: FileNode,
  table: SymbolTable,
  names: NameResolver,
  report: Report,
): void {
  const interpreter = new OptionInterpreter(file, table, names, report);
  const targets = collectTargets(file, (kind) => interpreter.schemaOf(kind));
  // Plain names first: whether an extension is packed, say, is an option of its declaration.
  for (const target of targets) interpreter.interpret(target, false);
  for (const target of targets) interpreter.interpret(target, true);
}

function collectTargets(file: FileNode, schemaOf: (kind: OptionsName) => MessageNode): Target[] {
  const targets: Target[] = [];
  const add = (
    kind: OptionsName,
    node: { readonly options: readonly OptionStatement[] } & Holder,
    scope: MessageNode | undefined,
  ): void => {
    if (node.options.length === 0) return;
    const schema = schemaOf(kind);
    const value = newMessageValue(schema);
    targets.push({
      holder: node,
      kind,
      statements: node.options,
      scope,
      schema,
      value,
      repeatedCounts: new Map(),
      set: [],
    });
  };
  const visitFields = (fields: readonly FieldNode[], scope: MessageNode | undefined): void => {
    for (const field of fields) if (field.options.length > 0) add("FieldOptions", field, scope);
  };
  const visitEnum = (node: EnumNode): void => {
    add("EnumOptions", node, node.parent);
    for (const value of node.values) {
      if (value.options.length > 0) add("EnumValueOptions", value, node.parent);
    }
  };
  const visitMessage = (node: MessageNode): void => {
    add("MessageOptions", node, node.parent);
    visitFields(node.fields, node);
    for (const oneof of node.oneofs) add("OneofOptions", oneof, node);
    for (const range of node.ranges) add("ExtensionRangeOptions", range, node.parent);
    for (const message of node.messages) visitMessage(message);
    for (const child of node.enums) visitEnum(child);
    visitFields(node.extensions, node);
  };
  add("FileOptions", file, undefined);
  for (const message of file.messages) visitMessage(message);
  for (const node of file.enums) visitEnum(node);
  visitFields(file.extensions, undefined);
  for (const service of file.services) {
    add("ServiceOptions", service, undefined);
    for (const method of service.methods) {
      if (method.hasBody) method.proto.options = create(MethodOptionsSchema);
      add("MethodOptions", method, undefined);
    }
  }
  for (const message of mapEntries(file.messages)) {
    message.proto.options = create(MessageOptionsSchema, { mapEntry: true });
  }
  return targets;
}

function* mapEntries(messages: readonly MessageNode[]): Generator<MessageNode> {
  for (const message of messages) {
    if (message.mapField !== undefined) yield message;
    else if (message.messages.length > 0) yield* mapEntries(message.messages);
  }
}

class OptionInterpreter {
  readonly #file: FileNode;
  readonly #table: SymbolTable;
  readonly #names: NameResolver;
  readonly #report: Report;
  readonly #writer = new ByteWriter();
  readonly #schemas = new Map<OptionsName, MessageNode>();

  constructor(file: FileNode, table: SymbolTable, names: NameResolver, report: Report) {
    this.#file = file;
    this.#table = table;
    this.#names = names;
    this.#report = report;
  }

  /** The options message as the compiled files define it, or else as this package knows it. */
  schemaOf(kind: OptionsName): MessageNode {
    let schema = this.#schemas.get(kind);
    if (schema === undefined) {
      const name = `google.protobuf.${kind}`;
      const declared = findDeclaration(this.#table, name);
      schema = declared?.kind === "message" ? declared : builtinMessage(name);
      this.#schemas.set(kind, schema);
    }
    return schema;
  }

  /** Interprets the statements whose name begins with an extension, or else the others. */
  interpret(target: Target, extensions: boolean): void {
    for (const [i, statement] of target.statements.entries()) {
      const isExtension = statement.name[0]?.isExtension === true;
      if (isExtension !== extensions) continue;
      const path = this.#resolveName(target, statement);
      const leaf = path?.at(-1);
      if (path === undefined || leaf === undefined || !this.#checkNotSet(target, statement, path)) {
        continue;
      }
      const value = this.#valueOf(leaf, statement, target.scope);
      if (value === undefined || !this.#checkTargets(target, statement, path, value)) continue;
      record(target.value, path, value);
      setLocationPath(target, statement, path);
      const top = path[0] as FieldNode;
      target.set[i] = {
        no: top.proto.number,
        wireType: wireTypeOf(top),
        data: this.#encode(path, value),
        isExtension,
      };
    }
    storeOptions(target, this.#writer);
  }

  /** The fields that the parts of the name are; undefined after an error. */
  #resolveName(target: Target, { name, at }: OptionStatement): FieldNode[] | undefined {
    const path: FieldNode[] = [];
    let message = target.schema;
    const fail = (text: string): undefined => {
      this.#report(this.#file.source, at, text);
    };
    for (const [i, part] of name.entries()) {
      let field: FieldNode;
      if (part.isExtension) {
        const found = this.#names.resolve(part.name, target.scope, false);
        if (found === undefined) {
          return fail(
            `Option "(${part.name})" unknown: ${this.#names.explain(part.name, target.scope)} Ensure that the file imports the file that defines the option.`,
          );
        }
        if (found.kind !== "field" || found.container !== message) {
          return fail(
            `Option "(${part.name})" is not an extension of "${message.fullName}"${
              found.kind === "field" && found.isExtension
                ? `, but of "${found.container?.fullName ?? found.proto.extendee}"`
                : `, but a ${found.kind}`
            }.`,
          );
        }
        field = found;
      } else {
        const found = message.members.get(part.name);
        if (part.name === "uninterpreted_option" && i === 0) {
          return fail('Option must not use the reserved name "uninterpreted_option".');
        }
        if (found?.kind !== "field" || found.isExtension) {
          const names = message.fields.map((candidate) => candidate.name);
          return fail(
            `Option "${formatOptionName(name)}" unknown: "${message.fullName}" has no field "${part.name}".${suggestion(part.name, names)}`,
          );
        }
        field = found;
      }
      path.push(field);
      if (i === name.length - 1) break;
      const shown = formatOptionName(name.slice(0, i + 1));
      if (!isMessageType(field))
        return fail(`Option "${shown}" is a ${describeType(field)}, not a message.`);
      if (isRepeated(field)) {
        return fail(
          `Option "${shown}" is a repeated message: set each item as a whole, ${shown} = { ... }.`,
        );
      }
      message = field.type as MessageNode;
    }
    return path;
  }

  #checkNotSet(target: Target, { name, at }: OptionStatement, path: readonly FieldNode[]): boolean {
    let value: MessageValue | undefined = target.value;
    for (const [i, field] of path.entries()) {
      const last = i === path.length - 1;
      if (last && isRepeated(field)) return true;
      const inner: FieldValue | undefined = value.fields.get(field)?.[0];
      if (inner === undefined) return true;
      if (last) {
        const message = `Option "${formatOptionName(name)}" was already set.`;
        this.#report(this.#file.source, at, message);
        return false;
      }
      value = inner as MessageValue;
    }
    return true;
  }

  /** An option may say what it is for, and features are for editions only. */
  #checkTargets(
    { kind }: Target,
    { name, at }: OptionStatement,
    path: readonly FieldNode[],
    value: FieldValue,
  ): boolean {
    const fail = (message: string): boolean => {
      this.#report(this.#file.source, at, message);
      return false;
    };
    if (this.#file.syntax !== "editions" && isFeatures(path[0])) {
      return fail("Features are only valid in editions.");
    }
    const wrong = path.find((field) => !allowsTarget(field, kind)) ?? wrongTarget(value, kind);
    if (wrong === undefined) return true;
    return fail(
      `Option "${formatOptionName(name)}" cannot be set here: "${wrong.name}" is not meant for ${DESCRIBED[kind]}.`,
    );
  }

  /** The value of a statement as the type of its field; undefined after an error. */
  #valueOf(
    field: FieldNode,
    { name, value, valueAt }: OptionStatement,
    scope: MessageNode | undefined,
  ): FieldValue | undefined {
    const fail = (text: string): undefined => {
      this.#report(this.#file.source, valueAt, text);
    };
    const mismatch = (): undefined =>
      fail(
        `Option "${formatOptionName(name)}" is of type ${describeType(field)}, ${describeValue(value)} does not fit.`,
      );
    const range = integerRange(field);
    if (range !== undefined) {
      if (value.kind !== "integer") return mismatch();
      const [min, max] = range;
      if (value.value >= min && value.value <= max) return value.value;
      return fail(
        `Value out of range for option "${formatOptionName(name)}" of type ${describeType(field)}: ${value.value}.`,
      );
    }
    switch (field.proto.type as number) {
      case type.DOUBLE:
      case type.FLOAT:
        if (value.kind === "float") return value.value;
        if (value.kind === "integer") return Number(value.value);
        if (value.kind === "identifier" && this.#file.syntax === "editions") {
          if (value.name === "inf") return Number.POSITIVE_INFINITY;
          if (value.name === "nan") return Number.NaN;
        }
        return mismatch();
      case type.BOOL:
        if (value.kind !== "identifier") return mismatch();
        if (value.name === "true") return true;
        if (value.name === "false") return false;
        return mismatch();
      case type.ENUM: {
        if (value.kind !== "identifier") return mismatch();
        const node = field.type as EnumNode;
        const found = node.values.find((candidate) => candidate.name === value.name);
        return found === undefined ? fail(unknownEnumValue(node, value.name)) : found.proto.number;
      }
      case type.STRING:
      case type.BYTES:
        return value.kind === "string" ? value.bytes : mismatch();
      default:
        if (value.kind !== "aggregate") {
          return fail(
            `Option "${formatOptionName(name)}" is a message: set it as a whole, ${formatOptionName(name)} = { ... }, or one of its fields, ${formatOptionName(name)}.field = ...`,
          );
        }
        return this.#parseAggregate(field.type as MessageNode, value, scope);
    }
  }

  #parseAggregate(
    message: MessageNode,
    value: OptionValue & { kind: "aggregate" },
    scope: MessageNode | undefined,
  ): MessageValue | undefined {
    return parseTextFormat(
      this.#file.source,
      value,
      message,
      {
        extension: (container, name) => {
          const found = this.#names.resolve(name, scope, false);
          return found?.kind === "field" && found.isExtension && found.container === container
            ? found
            : undefined;
        },
        message: (fullName) => {
          const found = findDeclaration(this.#table, fullName);
          return found?.kind === "message" ? found : undefined;
        },
      },
      this.#report,
    );
  }

  /** Everything after the tag of the first field of the path. */
  #encode(path: readonly FieldNode[], value: FieldValue): Uint8Array {
    const writer = this.#writer;
    const leaf = path.at(-1) as FieldNode;
    writeValue(writer, leaf, value);
    let data = writer.take();
    for (let i = path.length - 2; i >= 0; i--) {
      const outer = path[i] as FieldNode;
      const inner = path[i + 1] as FieldNode;
      const group = isDelimited(outer);
      writer.varint((inner.proto.number << 3) | wireTypeOf(inner));
      writer.raw(data);
      if (group) writer.varint((outer.proto.number << 3) | END_GROUP);
      data = writer.take();
      if (!group) {
        writer.varint(data.length);
        writer.raw(data);
        data = writer.take();
      }
    }
    return data;
  }
}

/**
 * The largest field number that protoc 3.21 knows in each options message. It writes larger ones
 * as it does extensions: after the others, in the order of the statements.
 */
const LAST_KNOWN: Readonly<Record<OptionsName, number>> = {
  FileOptions: 45,
  MessageOptions: 7,
  FieldOptions: 15,
  OneofOptions: 0,
  EnumOptions: 3,
  EnumValueOptions: 1,
  ExtensionRangeOptions: 0,
  ServiceOptions: 33,
  MethodOptions: 34,
};

/** Makes the options message from what is interpreted by now. */
function storeOptions({ holder, kind, set }: Target, writer: ByteWriter): void {
  const isNew = ({ no, isExtension }: SetOption): boolean => !isExtension && no > LAST_KNOWN[kind];
  const all = set.filter((option) => option !== undefined);
  // Fields that are newer than protoc 3.21 get their properties, unless that changed the bytes.
  const late = all.filter((option) => option.isExtension || isNew(option));
  const inOrder = late.every((option, i) => {
    const before = late[i - 1];
    return before === undefined || option.isExtension || (isNew(before) && before.no <= option.no);
  });
  const isUnknown = (option: SetOption): boolean =>
    option.isExtension || (!inOrder && isNew(option));
  for (const option of all) {
    if (isUnknown(option)) continue;
    writer.varint((option.no << 3) | option.wireType);
    writer.raw(option.data);
  }
  const known = writer.take();
  const options: Message =
    known.length > 0 ? fromBinary(SCHEMAS[kind] as DescMessage, known) : FACTORIES[kind]();
  const unknown = all.filter(isUnknown);
  if (unknown.length > 0) {
    options.$unknown = [
      ...(options.$unknown ?? []),
      ...unknown.map(({ no, wireType, data }) => ({ no, wireType, data })),
    ];
  }
  holder.proto.options = options;
}

/** `FieldOptions.OptionTargetType` of what an options message is for. */
const TARGETS: Readonly<Record<OptionsName, number>> = {
  FileOptions: 1,
  ExtensionRangeOptions: 2,
  MessageOptions: 3,
  FieldOptions: 4,
  OneofOptions: 5,
  EnumOptions: 6,
  EnumValueOptions: 7,
  ServiceOptions: 8,
  MethodOptions: 9,
};

const DESCRIBED: Readonly<Record<OptionsName, string>> = {
  FileOptions: "files",
  ExtensionRangeOptions: "extension ranges",
  MessageOptions: "messages",
  FieldOptions: "fields",
  OneofOptions: "oneofs",
  EnumOptions: "enums",
  EnumValueOptions: "enum values",
  ServiceOptions: "services",
  MethodOptions: "methods",
};

function isFeatures(field: FieldNode | undefined): boolean {
  return field?.type?.kind === "message" && field.type.fullName === "google.protobuf.FeatureSet";
}

function allowsTarget({ proto }: FieldNode, kind: OptionsName): boolean {
  const targets = proto.options?.targets ?? [];
  return targets.length === 0 || targets.includes(TARGETS[kind]);
}

/** A field inside a value that is not meant for what has the option. */
function wrongTarget(value: FieldValue, kind: OptionsName): FieldNode | undefined {
  if (typeof value !== "object") return undefined;
  for (const [field, values] of value.fields) {
    if (!allowsTarget(field, kind)) return field;
    for (const item of values) {
      const wrong = wrongTarget(item, kind);
      if (wrong !== undefined) return wrong;
    }
  }
  return undefined;
}

/** Notes that a path is set, so that it cannot be set again. */
function record(root: MessageValue, path: readonly FieldNode[], value: FieldValue): void {
  let message = root;
  for (const [i, field] of path.entries()) {
    const values = message.fields.get(field) ?? [];
    message.fields.set(field, values);
    if (i === path.length - 1) {
      values.push(value);
      return;
    }
    if (values.length === 0) values.push(newMessageValue(field.type as MessageNode));
    message = values[0] as MessageValue;
  }
}

/** The location of an option is known by the field that it sets, once that is known. */
function setLocationPath(
  target: Target,
  { location }: OptionStatement,
  path: readonly FieldNode[],
): void {
  if (location === undefined) return;
  const options = location.path.slice(0, -UNINTERPRETED_OPTION_PATH_LENGTH);
  const numbers = path.map((field) => field.proto.number);
  const leaf = path.at(-1) as FieldNode;
  if (isRepeated(leaf)) {
    const key = numbers.join();
    const index = target.repeatedCounts.get(key) ?? 0;
    target.repeatedCounts.set(key, index + 1);
    numbers.push(index);
  }
  location.path = [...options, ...numbers];
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

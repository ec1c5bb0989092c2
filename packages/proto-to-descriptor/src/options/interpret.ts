import { isDelimited, isRepeated } from "../link/features.ts";
import type { NameResolver } from "../link/name-resolution.ts";
import type { SymbolTable } from "../link/symbol-table.ts";
import type { FieldNode, FileNode, MessageNode } from "../model/declaration.ts";
import { formatOptionName, type OptionStatement } from "../model/option-statement.ts";
import type { Report } from "../text/diagnostics.ts";
import type { WordCache } from "../text/lexer.ts";
import { ByteWriter } from "./byte-writer.ts";
import {
  type FieldValue,
  type MessageValue,
  newMessageValue,
  wireTypeOf,
  writeValue,
} from "./message-value.ts";
import { failAt, type OptionContext, optionsSchema } from "./option-context.ts";
import { resolveOptionName } from "./option-name.ts";
import { collectOptionTargets, type OptionTarget } from "./option-target.ts";
import { optionValue } from "./option-value.ts";
import { storeOptions } from "./store-options.ts";
import { checkTargetType } from "./target-type.ts";

const END_GROUP = 4;
/** The last two numbers of the path of an option that is not interpreted. */
const UNINTERPRETED = 2;

/** Interprets all options of a linked file and stores them in its descriptors. */
export function interpretOptions(
  file: FileNode,
  table: SymbolTable,
  names: NameResolver,
  words: WordCache,
  report: Report,
): void {
  const writer = new ByteWriter();
  const context = { file, table, names, report, words, writer, schemas: new Map() };
  const targets = collectOptionTargets(file);
  // Plain names first: whether an extension is packed, say, is an option of its declaration.
  for (const target of targets) interpretTarget(context, target, false);
  for (const target of targets) interpretTarget(context, target, true);
}

/** Interprets the statements whose name begins with an extension, or else the others. */
function interpretTarget(context: OptionContext, target: OptionTarget, extensions: boolean): void {
  const { statements } = target;
  let found = false;
  for (let i = 0; i < statements.length; i++) {
    const statement = statements[i] as OptionStatement;
    if ((statement.name[0]?.isExtension === true) !== extensions) continue;
    found = true;
    interpretStatement(context, target, statement, i);
  }
  if (found) storeOptions(target, context.writer);
}

function interpretStatement(
  context: OptionContext,
  target: OptionTarget,
  statement: OptionStatement,
  index: number,
): void {
  const path = resolveOptionName(context, target, statement);
  if (path === undefined) return;
  const leaf = path[path.length - 1] as FieldNode;
  if (!checkNotSet(context, target, statement, path)) return;
  const value = optionValue(context, leaf, statement, target.scope);
  if (value === undefined) return;
  if (!checkTargetType(context, target.kind, statement, path, value)) return;
  if (target.statements.length > 1) {
    target.value ??= newMessageValue(optionsSchema(context, target.kind));
    record(target.value, path, value);
  }
  setLocationPath(target, statement, path);
  const top = path[0] as FieldNode;
  target.set[index] = {
    no: top.proto.number,
    wireType: wireTypeOf(top),
    data: encode(context.writer, path, value),
    isExtension: statement.name[0]?.isExtension === true,
  };
}

function checkNotSet(
  context: OptionContext,
  target: OptionTarget,
  { name, at }: OptionStatement,
  path: readonly FieldNode[],
): boolean {
  let value = target.value;
  for (let i = 0; value !== undefined; i++) {
    const field = path[i] as FieldNode;
    const last = i === path.length - 1;
    if (last && isRepeated(field)) return true;
    const inner: FieldValue | undefined = value.fields.get(field)?.[0];
    if (last && inner !== undefined) {
      failAt(context, at, `Option "${formatOptionName(name)}" was already set.`);
      return false;
    }
    value = last ? undefined : (inner as MessageValue | undefined);
  }
  return true;
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

/** Everything after the tag of the first field of a path. */
function encode(writer: ByteWriter, path: readonly FieldNode[], value: FieldValue): Uint8Array {
  writeValue(writer, path[path.length - 1] as FieldNode, value);
  let data = writer.take();
  for (let i = path.length - 2; i >= 0; i--) {
    const outer = path[i] as FieldNode;
    const inner = path[i + 1] as FieldNode;
    const group = isDelimited(outer);
    writer.varint((inner.proto.number << 3) | wireTypeOf(inner));
    writer.raw(data);
    if (group) writer.varint((outer.proto.number << 3) | END_GROUP);
    data = writer.take();
    if (group) continue;
    writer.varint(data.length);
    writer.raw(data);
    data = writer.take();
  }
  return data;
}

/** The location of an option is named after the field that it sets, once that is known. */
function setLocationPath(
  target: OptionTarget,
  { location }: OptionStatement,
  path: readonly FieldNode[],
): void {
  if (location === undefined) return;
  const numbers = path.map((field) => field.proto.number);
  if (isRepeated(path[path.length - 1] as FieldNode)) {
    target.counts ??= new Map();
    const key = numbers.join();
    const index = target.counts.get(key) ?? 0;
    target.counts.set(key, index + 1);
    numbers.push(index);
  }
  location.path = [...location.path.slice(0, -UNINTERPRETED), ...numbers];
}

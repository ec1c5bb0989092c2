import type { DescField, DescMessage } from "@bufbuild/protobuf";
import type { FieldTree } from "../json/masked-message.ts";
import { isSpecialMessage } from "../json/well-known/special-messages.ts";
import { quote } from "../option/quote.ts";
import { gatewayError, type StatusError } from "../status/status-error.ts";

/** A mask that a client may send: longer ones are refused. */
const maxLength = 4_096;
const maxDepth = 32;

type WritableTree = Map<DescField, WritableTree>;

/**
 * Reads which fields of a response a client wants (AIP-157): JSON or proto names with dots or slashes between, `*` for all,
 * and several below one name in parentheses: `"books(title,author.name),nextPageToken"`. An empty tree
 * stands for all. Throws a StatusError (400) that names the path which is no field's.
 */
export function parseResponseMask(text: string, message: DescMessage): FieldTree {
  if (text.length > maxLength) throw badMask("it is longer than 4096 characters");
  const cursor: Cursor = { text, at: 0 };
  const root: WritableTree = new Map();
  const isAll = readPaths(cursor, message, root, [], 0);
  if (cursor.at < text.length) throw unexpected(cursor);
  return isAll ? new Map() : root;
}

interface Cursor {
  readonly text: string;
  at: number;
}

const name = /\s*([A-Za-z_][\w-]*|\*)\s*/y;

/** Reads paths with commas between; returns whether one of them wants all. */
function readPaths(
  cursor: Cursor,
  message: DescMessage | undefined,
  tree: WritableTree,
  above: readonly string[],
  depth: number,
): boolean {
  let isAll = false;
  do {
    if (readPath(cursor, message, tree, above, depth)) isAll = true;
  } while (take(cursor, ","));
  return isAll;
}

function readPath(
  cursor: Cursor,
  message: DescMessage | undefined,
  tree: WritableTree,
  above: readonly string[],
  depth: number,
): boolean {
  name.lastIndex = cursor.at;
  const step = name.exec(cursor.text)?.[1];
  if (step === undefined) throw unexpected(cursor);
  cursor.at = name.lastIndex;
  const path = [...above, step];
  if (depth > maxDepth)
    throw badMask(`${quote(path.join("."))} is more than ${maxDepth} levels deep`);
  const steps = take(cursor, ".") || take(cursor, "/");
  const opens = !steps && take(cursor, "(");
  // All of a list's items or of a map's values, or of a message's fields: what follows is said of each.
  if (step === "*") {
    if (!steps && !opens) return true;
    return readBelow(cursor, message, tree, path, depth, opens);
  }
  const field = fieldOf(message, step);
  if (field === undefined) throw badMask(`${quote(path.join("."))} is no field of the response`);
  const known = tree.get(field);
  const below: WritableTree = known ?? new Map();
  if (!steps && !opens) below.clear();
  const wasAll = known !== undefined && known.size === 0;
  tree.set(field, below);
  if (!steps && !opens) return false;
  const isAll = readBelow(cursor, innerMessage(field), below, path, depth, opens);
  if (isAll || wasAll) below.clear();
  return false;
}

function readBelow(
  cursor: Cursor,
  message: DescMessage | undefined,
  tree: WritableTree,
  path: readonly string[],
  depth: number,
  opens: boolean,
): boolean {
  if (!opens) return readPath(cursor, message, tree, path, depth + 1);
  const isAll = readPaths(cursor, message, tree, path, depth + 1);
  if (!take(cursor, ")")) throw unexpected(cursor);
  return isAll;
}

function take(cursor: Cursor, character: string): boolean {
  if (cursor.text[cursor.at] !== character) return false;
  cursor.at += 1;
  return true;
}

function fieldOf(message: DescMessage | undefined, step: string): DescField | undefined {
  return message?.fields.find((field) => field.jsonName === step || field.name === step);
}

/** The message whose fields stand below a field; undefined where its JSON is a value. */
function innerMessage({ message }: DescField): DescMessage | undefined {
  return message === undefined || isSpecialMessage(message) ? undefined : message;
}

function unexpected({ text, at }: Cursor): StatusError {
  const found = at < text.length ? quote(text.slice(at, at + 20)) : "the end";
  return badMask(`a field is expected at ${found}`);
}

function badMask(what: string): StatusError {
  return gatewayError(`the field mask cannot be read: ${what}`);
}

import { append } from "../model/append.ts";
import type { FieldNode, FileNode, MessageNode, OneofNode } from "../model/declaration.ts";
import { LABEL_OPTIONAL } from "../model/scalar-type.ts";
import { END } from "../text/lexer.ts";
import { CLOSE_BRACE, OPEN_BRACE, SEMICOLON } from "../text/symbol.ts";
import type { Cursor, Location } from "./cursor.ts";
import { parseEnum } from "./enum.ts";
import { addMapEntry, parseFieldHead, parseLabel } from "./field.ts";
import { parseExtensionRanges, parseMessageReserved, resolveMaxRanges } from "./message-ranges.ts";
import { addField, addMessage, addOneof, newFieldNode } from "./new-declaration.ts";
import { parseOptionStatement } from "./option.ts";
import { parseVisibility } from "./visibility.ts";

/** `message Name { ... }`; the location is that of the whole declaration. */
export function parseMessage(
  c: Cursor,
  file: FileNode,
  parent: MessageNode | undefined,
  location: Location,
): MessageNode {
  c.expectWord("message");
  const nameLocation = c.open(location, 1);
  const at = c.start;
  const node = addMessage(file, parent, c.identifier("a name for the message"), at);
  c.close(nameLocation);
  parseMessageBody(c, node, location);
  c.close(location);
  return node;
}

function parseMessageBody(c: Cursor, node: MessageNode, location: Location): void {
  c.enter();
  c.expectEnd(OPEN_BRACE, location);
  while (!c.tryEnd(CLOSE_BRACE)) {
    if (c.kind === END) c.fail(`"}" at the end of the message "${node.name}"`);
    c.attempt(() => parseMessageStatement(c, node, location));
  }
  c.leave();
  resolveMaxRanges(node);
  if (c.file.syntax === "proto3") addSyntheticOneofs(node);
}

function parseMessageStatement(c: Cursor, node: MessageNode, location: Location): void {
  if (c.tryEnd(SEMICOLON)) return;
  switch (c.word) {
    case "message":
      parseMessage(c, c.file, node, c.open(location, 3, node.messages.length));
      return;
    case "enum": {
      const enumLocation = c.open(location, 4, node.enums.length);
      parseEnum(c, c.file, node, enumLocation);
      return;
    }
    case "extensions":
      parseExtensionRanges(c, node, location);
      return;
    case "reserved":
      parseMessageReserved(c, node, location);
      return;
    case "extend":
      parseExtend(c, c.file, node, location);
      return;
    case "option": {
      const optionsLocation = c.open(location, 7);
      parseOptionStatement(c, node, optionsLocation);
      c.close(optionsLocation);
      return;
    }
    case "oneof":
      parseOneof(c, node, location);
      return;
    case "export":
    case "local": {
      const { start } = c;
      const visibility = parseVisibility(c);
      if (visibility === undefined) break;
      if (c.is("message")) {
        const nested = c.open(location, 3, node.messages.length);
        parseMessage(c, c.file, node, nested).proto.visibility = visibility;
      } else if (c.is("enum")) {
        const nested = c.open(location, 4, node.enums.length);
        parseEnum(c, c.file, node, nested).proto.visibility = visibility;
      } else {
        c.abandon("Only messages and enums can be exported or local.", start);
      }
      return;
    }
  }
  const field = newFieldNode(c.file, node, c.start, false);
  const fieldLocation = c.open(location, 2, node.fields.length);
  addField(node, field);
  parseLabel(c, field, fieldLocation);
  parseFieldRest(c, field, node, fieldLocation, location);
}

/** A field after its label: `parentLocation` and 3 lead to the nested messages beside it. */
function parseFieldRest(
  c: Cursor,
  field: FieldNode,
  message: MessageNode | undefined,
  fieldLocation: Location,
  parentLocation: Location,
): void {
  const { map, group } = parseFieldHead(c, field, fieldLocation);
  if (group === undefined) {
    c.expectEnd(SEMICOLON, fieldLocation);
    c.close(fieldLocation);
    if (map !== undefined && message !== undefined) addMapEntry(c, message, field, map);
    return;
  }
  const siblings = message === undefined ? c.file.messages : message.messages;
  const groupLocation = c.open(parentLocation, message === undefined ? 4 : 3, siblings.length);
  const groupNode = addMessage(c.file, message, group.name, group.at);
  if (groupLocation !== undefined && fieldLocation !== undefined) {
    groupLocation.span = fieldLocation.span.slice(0, 2);
    const nameLocation = c.open(groupLocation, 1);
    const typeLocation = c.open(fieldLocation, 6);
    if (nameLocation !== undefined) nameLocation.span = group.span;
    if (typeLocation !== undefined) typeLocation.span = group.span.slice();
  }
  if (group.name < "A" || group.name >= "[") {
    c.error("Group names must start with a capital letter.", group.at);
  }
  field.proto.typeName = group.name;
  if (c.symbol !== OPEN_BRACE) c.fail("the body of the group");
  parseMessageBody(c, groupNode, groupLocation);
  c.close(groupLocation);
  c.close(fieldLocation);
}

function parseOneof(c: Cursor, node: MessageNode, messageLocation: Location): void {
  const location = c.open(messageLocation, 8, node.oneofs.length);
  c.next();
  const nameLocation = c.open(location, 1);
  const at = c.start;
  const oneof = addOneof(node, c.identifier("a name for the oneof"), at);
  c.close(nameLocation);
  c.expectEnd(OPEN_BRACE, location);
  do {
    if (c.kind === END) c.fail(`"}" at the end of the oneof "${oneof.name}"`);
    if (c.is("option")) {
      const optionsLocation = c.open(location, 2);
      parseOptionStatement(c, oneof, optionsLocation);
      c.close(optionsLocation);
    } else {
      c.attempt(() => parseOneofField(c, node, oneof, messageLocation));
    }
  } while (!c.tryEnd(CLOSE_BRACE));
  c.close(location);
}

function parseOneofField(
  c: Cursor,
  node: MessageNode,
  oneof: OneofNode,
  messageLocation: Location,
): void {
  if (c.is("required") || c.is("optional") || c.is("repeated")) {
    c.error("Fields in oneofs must not have labels (required, optional, repeated).");
    c.next();
  }
  const field = newFieldNode(c.file, node, c.start, false);
  const fieldLocation = c.open(messageLocation, 2, node.fields.length);
  field.oneof = oneof;
  field.proto.oneofIndex = node.oneofs.length - 1;
  if (!c.is("map")) field.proto.label = LABEL_OPTIONAL;
  oneof.fields = append(oneof.fields, field);
  addField(node, field);
  parseFieldRest(c, field, node, fieldLocation, messageLocation);
}

/** `extend Name { ... }` in a file or in a message. */
export function parseExtend(
  c: Cursor,
  file: FileNode,
  parent: MessageNode | undefined,
  parentLocation: Location,
): void {
  const location = c.open(parentLocation, parent === undefined ? 7 : 6);
  c.expectWord("extend");
  const extendeeAt = c.start;
  const extendeeLine = c.line;
  const extendeeColumn = c.column();
  const extendee = c.typeName("the message to extend");
  const extendeeSpan = c.spanFrom(extendeeLine, extendeeColumn);
  c.expectEnd(OPEN_BRACE, location);
  const scope = parent ?? file;
  do {
    if (c.kind === END) c.fail('"}" at the end of the extension');
    c.attempt(() => {
      const field = newFieldNode(file, parent, c.start, true);
      const fieldLocation = c.open(location, scope.extensions.length);
      const extendeeLocation = c.open(fieldLocation, 2);
      if (extendeeLocation !== undefined) extendeeLocation.span = extendeeSpan.slice();
      field.extendeeAt = extendeeAt;
      field.proto.extendee = extendee;
      scope.extensions = append(scope.extensions, field);
      scope.proto.extension.push(field.proto);
      parseLabel(c, field, fieldLocation);
      parseFieldRest(c, field, parent, fieldLocation, parentLocation);
    });
  } while (!c.tryEnd(CLOSE_BRACE));
  c.close(location);
}

/** Each `optional` of proto3 gets a oneof of its own, after the real ones. */
function addSyntheticOneofs(node: MessageNode): void {
  if (!node.fields.some((field) => field.proto.proto3Optional)) return;
  // Only names like these can be in the way of the name of such a oneof.
  const names = [...node.fields, ...node.oneofs].map(({ name }) => name);
  const taken = new Set(names.filter((name) => name.startsWith("_") || name.startsWith("X")));
  for (const field of node.fields) {
    if (!field.proto.proto3Optional) continue;
    let name = field.name.startsWith("_") ? field.name : `_${field.name}`;
    while (taken.has(name)) name = `X${name}`;
    taken.add(name);
    field.proto.oneofIndex = node.oneofs.length;
    field.oneof = addOneof(node, name, field.at);
    field.oneof.fields = [field];
  }
}

import { append, none } from "../model/append.ts";
import type { FileNode, MethodNode, ServiceNode } from "../model/declaration.ts";
import { newMethod, newService } from "../model/new-message.ts";
import { END } from "../text/lexer.ts";
import { CLOSE_BRACE, CLOSE_PAREN, OPEN_BRACE, OPEN_PAREN, SEMICOLON } from "../text/symbol.ts";
import type { Cursor, Location } from "./cursor.ts";
import { parseOptionStatement } from "./option.ts";

/** `service Name { ... }`. */
export function parseService(c: Cursor, file: FileNode, fileLocation: Location): void {
  const location = c.open(fileLocation, 6, file.services.length);
  c.expectWord("service");
  const nameLocation = c.open(location, 1);
  const at = c.start;
  const name = c.identifier("a name for the service");
  const proto = newService();
  proto.name = name;
  const node: ServiceNode = {
    kind: "service",
    name,
    at,
    file,
    proto,
    fullName: "",
    methods: none(),
    options: none(),
    features: undefined,
  };
  file.services = append(file.services, node);
  file.proto.service.push(proto);
  c.close(nameLocation);
  c.expectEnd(OPEN_BRACE, location);
  while (!c.tryEnd(CLOSE_BRACE)) {
    if (c.kind === END) c.fail(`"}" at the end of the service "${name}"`);
    c.attempt(() => parseServiceStatement(c, node, location));
  }
  c.close(location);
}

function parseServiceStatement(c: Cursor, node: ServiceNode, location: Location): void {
  if (c.tryEnd(SEMICOLON)) return;
  if (c.is("option")) {
    const optionsLocation = c.open(location, 3);
    parseOptionStatement(c, node, optionsLocation);
    c.close(optionsLocation);
  } else {
    parseMethod(c, node, location);
  }
}

function parseMethod(c: Cursor, parent: ServiceNode, serviceLocation: Location): void {
  const location = c.open(serviceLocation, 2, parent.methods.length);
  if (!c.tryWord("rpc")) c.fail('"rpc", "option" or "}"');
  const proto = newMethod();
  const nameLocation = c.open(location, 1);
  const at = c.start;
  const name = c.identifier("a name for the method");
  proto.name = name;
  c.close(nameLocation);
  const node: MethodNode = {
    kind: "method",
    name,
    at,
    file: parent.file,
    parent,
    proto,
    inputAt: at,
    outputAt: at,
    input: undefined,
    output: undefined,
    hasBody: false,
    options: none(),
  };
  parent.methods = append(parent.methods, node);
  parent.proto.method.push(proto);
  c.expectSymbol(OPEN_PAREN);
  if (parseStream(c, location, 5)) proto.clientStreaming = true;
  node.inputAt = c.start;
  proto.inputType = parseMethodType(c, location, 2);
  c.expectWord("returns");
  c.expectSymbol(OPEN_PAREN);
  if (parseStream(c, location, 6)) proto.serverStreaming = true;
  node.outputAt = c.start;
  proto.outputType = parseMethodType(c, location, 3);
  if (c.symbol === OPEN_BRACE) parseMethodOptions(c, node, location);
  else c.expectEnd(SEMICOLON, location);
  c.close(location);
}

function parseStream(c: Cursor, methodLocation: Location, field: number): boolean {
  if (!c.is("stream")) return false;
  const location = c.open(methodLocation, field);
  c.next();
  c.close(location);
  return true;
}

function parseMethodType(c: Cursor, methodLocation: Location, field: number): string {
  const location = c.open(methodLocation, field);
  const name = c.typeName("a message type");
  c.close(location);
  c.expectSymbol(CLOSE_PAREN);
  return name;
}

function parseMethodOptions(c: Cursor, node: MethodNode, location: Location): void {
  c.expectEnd(OPEN_BRACE, location);
  node.hasBody = true;
  while (!c.tryEnd(CLOSE_BRACE)) {
    if (c.kind === END) c.fail(`"}" at the end of the method "${node.name}"`);
    if (c.tryEnd(SEMICOLON)) continue;
    c.attempt(() => {
      const optionsLocation = c.open(location, 4);
      parseOptionStatement(c, node, optionsLocation);
      c.close(optionsLocation);
    });
  }
}

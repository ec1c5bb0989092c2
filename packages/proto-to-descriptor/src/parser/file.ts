import { create } from "@bufbuild/protobuf";
import { SourceCodeInfoSchema } from "@bufbuild/protobuf/wkt";
import { append, none } from "../model/append.ts";
import type { FileNode, ImportNode } from "../model/declaration.ts";
import { newFile } from "../model/new-message.ts";
import type { Report } from "../text/diagnostics.ts";
import { END, type WordCache } from "../text/lexer.ts";
import { decodeUtf8, type SourceFile } from "../text/source-file.ts";
import { CLOSE_BRACE, DOT, EQUALS, SEMICOLON } from "../text/symbol.ts";
import { Cursor, type Location } from "./cursor.ts";
import { parseEnum } from "./enum.ts";
import { parseExtend, parseMessage } from "./message.ts";
import { parseOptionStatement } from "./option.ts";
import { parseService } from "./service.ts";
import { parseVisibility } from "./visibility.ts";

const EDITION_PROTO2 = 998;
const EDITION_PROTO3 = 999;
const EDITIONS: Readonly<Record<string, number>> = { "2023": 1000, "2024": 1001 };
const EDITION_2024 = 1001;

/** A file without contents. */
export function newFileNode(source: SourceFile): FileNode {
  const proto = newFile();
  proto.name = source.name;
  const node: FileNode = {
    kind: "file",
    name: source.name,
    source,
    proto,
    syntax: "proto2",
    edition: EDITION_PROTO2,
    packageAt: 0,
    package: undefined,
    imports: none(),
    messages: none(),
    enums: none(),
    extensions: none(),
    services: none(),
    options: none(),
    features: undefined,
    visible: new Set(),
    broken: false,
    failed: false,
  };
  node.visible.add(node);
  return node;
}

/** Parses a file into declarations; `broken` tells that errors of syntax were reported. */
export function parseFile(
  source: SourceFile,
  report: Report,
  words: WordCache,
  sourceInfo: boolean,
): FileNode {
  const file = newFileNode(source);
  const c = new Cursor(file, report, words, sourceInfo);
  const location = c.open(undefined);
  if (!parseSyntax(c, file, location)) {
    file.broken = true;
    return file;
  }
  while (c.kind !== END) {
    c.attempt(() => parseTopLevelStatement(c, file, location));
    if (c.symbol === CLOSE_BRACE) {
      c.error('Unmatched "}".');
      c.next();
    }
  }
  c.close(location);
  file.broken = c.failed;
  if (c.locations !== undefined) {
    file.proto.sourceCodeInfo = create(SourceCodeInfoSchema, { location: c.locations });
  }
  return file;
}

/** `syntax = "proto3";` or `edition = "2023";`; without either a file is proto2. */
function parseSyntax(c: Cursor, file: FileNode, fileLocation: Location): boolean {
  const isEdition = c.is("edition");
  if (!isEdition && !c.is("syntax")) return true;
  let known = false;
  c.attempt(() => {
    const location = c.open(fileLocation, isEdition ? 14 : 12);
    c.next();
    c.expectSymbol(EQUALS);
    const at = c.start;
    const value = c.string(isEdition ? "an edition as a string" : "a syntax as a string");
    c.expectEnd(SEMICOLON, location);
    c.close(location);
    const edition = isEdition ? EDITIONS[value] : undefined;
    if (edition !== undefined) {
      file.syntax = "editions";
      file.edition = edition;
      file.proto.edition = edition;
    } else if (isEdition) {
      c.abandon(`Unknown edition "${value}": this compiler knows "2023" and "2024".`, at);
    } else if (value === "proto3") {
      file.syntax = value;
      file.edition = EDITION_PROTO3;
    } else if (value !== "proto2") {
      c.abandon(`Unknown syntax "${value}": this compiler knows "proto2" and "proto3".`, at);
    }
    if (file.syntax !== "proto2") file.proto.syntax = file.syntax;
    known = true;
  });
  return known;
}

function parseTopLevelStatement(c: Cursor, file: FileNode, location: Location): void {
  if (c.tryEnd(SEMICOLON)) return;
  switch (c.word) {
    case "message":
      parseMessage(c, file, undefined, c.open(location, 4, file.messages.length));
      return;
    case "enum":
      parseEnum(c, file, undefined, c.open(location, 5, file.enums.length));
      return;
    case "service":
      parseService(c, file, location);
      return;
    case "extend":
      parseExtend(c, file, undefined, location);
      return;
    case "import":
      parseImport(c, file, location);
      return;
    case "package":
      parsePackage(c, file, location);
      return;
    case "option": {
      const optionsLocation = c.open(location, 8);
      parseOptionStatement(c, file, optionsLocation);
      c.close(optionsLocation);
      return;
    }
    case "export":
    case "local": {
      const visibility = parseVisibility(c);
      if (visibility === undefined) break;
      if (c.is("enum")) {
        const enumLocation = c.open(location, 5, file.enums.length);
        parseEnum(c, file, undefined, enumLocation).proto.visibility = visibility;
      } else {
        const messageLocation = c.open(location, 4, file.messages.length);
        parseMessage(c, file, undefined, messageLocation).proto.visibility = visibility;
      }
      return;
    }
  }
  c.fail("a top-level statement such as message, enum, service, extend, import or option");
}

function parsePackage(c: Cursor, file: FileNode, fileLocation: Location): void {
  if (file.proto.package !== "") c.error("Multiple package definitions.");
  const location = c.open(fileLocation, 2);
  file.packageAt = c.start;
  c.next();
  let name = c.identifier("a package name");
  while (c.trySymbol(DOT)) name += `.${c.identifier("an identifier after the dot")}`;
  file.proto.package = name;
  c.expectEnd(SEMICOLON, location);
  c.close(location);
}

function parseImport(c: Cursor, file: FileNode, fileLocation: Location): void {
  const { proto } = file;
  const location = c.open(fileLocation, 3, proto.dependency.length);
  const at = c.start;
  c.next();
  let modifier: ImportNode["modifier"];
  if (c.is("public") || c.is("weak")) {
    const isPublic = c.is("public");
    const list = isPublic ? proto.publicDependency : proto.weakDependency;
    const modifierLocation = c.open(fileLocation, isPublic ? 10 : 11, list.length);
    modifier = isPublic ? "public" : "weak";
    c.next();
    c.close(modifierLocation);
    list.push(proto.dependency.length);
  } else if (c.is("option") && file.edition >= EDITION_2024) {
    modifier = "option";
    c.next();
    if (location !== undefined) location.path = [15, proto.optionDependency.length];
  }
  const name = decodeUtf8(c.byteString("the file to import, as a string"));
  (modifier === "option" ? proto.optionDependency : proto.dependency).push(name);
  file.imports = append(file.imports, { name, at, modifier, file: undefined });
  c.expectEnd(SEMICOLON, location);
  c.close(location);
}

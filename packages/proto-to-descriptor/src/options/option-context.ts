import type { NameResolver } from "../link/name-resolution.ts";
import { findDeclaration, type SymbolTable } from "../link/symbol-table.ts";
import type { FileNode, MessageNode } from "../model/declaration.ts";
import type { Report } from "../text/diagnostics.ts";
import type { WordCache } from "../text/lexer.ts";
import { builtinMessage } from "./builtin-schema.ts";
import type { ByteWriter } from "./byte-writer.ts";
import type { OptionsName } from "./option-target.ts";

/** What the interpretation of the options of one file needs. */
export interface OptionContext {
  readonly file: FileNode;
  readonly table: SymbolTable;
  readonly names: NameResolver;
  readonly report: Report;
  readonly words: WordCache;
  readonly writer: ByteWriter;
  readonly schemas: Map<OptionsName, MessageNode>;
}

/** An options message as the compiled files define it, or else as this package knows it. */
export function optionsSchema({ schemas, table }: OptionContext, kind: OptionsName): MessageNode {
  let schema = schemas.get(kind);
  if (schema === undefined) {
    const name = `google.protobuf.${kind}`;
    const declared = findDeclaration(table, name);
    schema = declared?.kind === "message" ? declared : builtinMessage(name);
    schemas.set(kind, schema);
  }
  return schema;
}

/** Reports an error in the file at hand; the result says that there is none. */
export function failAt({ file, report }: OptionContext, at: number, message: string): undefined {
  report(file.source, at, message);
}

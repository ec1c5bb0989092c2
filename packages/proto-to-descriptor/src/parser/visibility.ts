import type { SymbolVisibility } from "@bufbuild/protobuf/wkt";
import type { Cursor } from "./cursor.ts";

const EDITION_2024 = 1001;
const LOCAL = 1;
const EXPORT = 2;

/** `export` or `local` before a message or enum; before edition 2024 these are plain names. */
export function parseVisibility(c: Cursor): SymbolVisibility | undefined {
  if (c.file.edition < EDITION_2024) return undefined;
  if (c.tryWord("export")) return EXPORT;
  if (c.tryWord("local")) return LOCAL;
  return undefined;
}

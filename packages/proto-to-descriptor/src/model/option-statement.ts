import type { SourceCodeInfo_Location } from "@bufbuild/protobuf/wkt";

/** `name` or `(extension.name)`. */
export interface OptionNamePart {
  readonly name: string;
  readonly isExtension: boolean;
}

/** The right side of an option, as far as the syntax alone tells. */
export type OptionValue =
  | { readonly kind: "identifier"; readonly name: string }
  | { readonly kind: "integer"; readonly value: bigint }
  | { readonly kind: "float"; readonly value: number }
  /** One character per byte. */
  | { readonly kind: "string"; readonly bytes: string }
  /** Offsets of the text between the braces. */
  | { readonly kind: "aggregate"; readonly start: number; readonly end: number };

/** One assignment of an option, in a statement or between brackets. */
export interface OptionStatement {
  readonly name: readonly OptionNamePart[];
  readonly at: number;
  readonly value: OptionValue;
  readonly valueAt: number;
  /** With source info: its location, whose path gets known when the option is interpreted. */
  readonly location: SourceCodeInfo_Location | undefined;
}

/** The name as the source has it: `(google.api.http).get`. */
export function formatOptionName(name: readonly OptionNamePart[]): string {
  return name.map((part) => (part.isExtension ? `(${part.name})` : part.name)).join(".");
}

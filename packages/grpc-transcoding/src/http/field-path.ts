import type { DescField } from "@bufbuild/protobuf";

/** A dotted path such as `book.name`, resolved: every step is a field, all but the last are singular messages. */
export interface FieldPath {
  /** As written, in proto names: `"book.author_id"`. */
  readonly path: string;
  readonly fields: readonly [DescField, ...DescField[]];
}

/** One segment of a template: a literal (decoded), `*` (one segment) or `**` (any number). */
export type TemplateSegment =
  | { readonly kind: "literal"; readonly value: string }
  | { readonly kind: "single" }
  | { readonly kind: "deep" };

/** A variable of a template: a field path over the segments `start` (inclusive) to `end` (exclusive). */
export interface TemplateVariable {
  readonly fieldPath: string;
  readonly start: number;
  readonly end: number;
  /** False for one `*` or one literal: then `%2F` is decoded as well (google/api/http.proto). */
  readonly multiSegment: boolean;
}

/** A parsed path template of google/api/http.proto. */
export interface PathTemplate {
  /** The text as written. */
  readonly text: string;
  readonly segments: readonly TemplateSegment[];
  readonly variables: readonly TemplateVariable[];
  /** The verb after the last colon, decoded; `""` for none. */
  readonly verb: string;
}

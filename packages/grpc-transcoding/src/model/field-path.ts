import type { DescField, DescMessage } from "@bufbuild/protobuf";

/** A dotted path such as `book.name`, resolved: every step is a field, all but the last are singular messages. */
export interface FieldPath {
  /** As written, in proto names: `"book.author_id"`. */
  readonly path: string;
  readonly fields: readonly [DescField, ...DescField[]];
}

/** Why a field path does not resolve: no such field, or a step that a path cannot go through. */
export type FieldPathReason = "unknown" | "repeated" | "not-message";

/** Thrown by {@link resolveFieldPath}. The message starts with a verb: "is not a field of ...". */
export class FieldPathError extends Error {
  override readonly name = "FieldPathError";
  readonly reason: FieldPathReason;

  constructor(reason: FieldPathReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/**
 * Resolves a field path in proto names, as google/api/http.proto has them in templates. The last field
 * may be of any type. Throws a {@link FieldPathError} that lists the fields there are.
 */
export function resolveFieldPath(message: DescMessage, path: string): FieldPath {
  const fields: DescField[] = [];
  let parent = message;
  for (const name of path.split(".")) {
    const before = fields.at(-1);
    if (before !== undefined) parent = stepInto(before);
    const field = parent.fields.find((candidate) => candidate.name === name);
    if (field === undefined) throw unknownField(parent, path, name);
    fields.push(field);
  }
  return { path, fields: fields as [DescField, ...DescField[]] };
}

function stepInto(field: DescField): DescMessage {
  if (field.fieldKind === "message") return field.message;
  const repeated = field.fieldKind === "list" || field.fieldKind === "map";
  throw new FieldPathError(
    repeated ? "repeated" : "not-message",
    `goes through "${field.name}", which is ${repeated ? "repeated" : "not a message"}`,
  );
}

function unknownField(parent: DescMessage, path: string, name: string): FieldPathError {
  const step = path === name ? "" : `: "${name}"`;
  const byJsonName = parent.fields.find((field) => field.jsonName === name);
  const hint =
    byJsonName === undefined
      ? `fields: ${parent.fields.map((field) => field.name).join(", ") || "none"}`
      : `did you mean "${byJsonName.name}"? Rules use proto names`;
  return new FieldPathError("unknown", `is not a field of ${parent.typeName}${step} (${hint})`);
}

import type { SourceLocation } from "../model/schema.ts";

/** One thing that is wrong with the protos, or with an option that says how to load them. */
export interface SchemaProblem {
  /** The whole text: the place (`library.proto:12:3`, `services[1]`), what is wrong, and the fix. */
  readonly message: string;
  /** Where the declaration stands; undefined when its source is not known. */
  readonly location?: SourceLocation | undefined;
  /** The option that is wrong, as a path: `"services[1]"`, `"descriptorSet"`. */
  readonly option?: string;
  /** Stable name of the check, for problems of http rules: `"GW_FIELD_UNKNOWN"`. */
  readonly code?: string;
}

/** Takes problems as they are found, so that a run reports all of them. */
export type ReportProblem = (problem: SchemaProblem) => void;

/** Thrown when a schema cannot be made of its input; carries every problem that was found, not only the first. */
export class SchemaError extends Error {
  override readonly name = "SchemaError";
  readonly problems: readonly SchemaProblem[];

  constructor(problems: readonly SchemaProblem[], options?: ErrorOptions) {
    super(
      problems.map(({ message, code }) => (code ? `${message} [${code}]` : message)).join("\n"),
      options,
    );
    this.problems = problems;
  }
}

/** Throws all problems as one {@link SchemaError}, if there are any. */
export function throwProblems(problems: readonly SchemaProblem[]): void {
  if (problems.length > 0) throw new SchemaError(problems);
}

/**
 * What `make` returns. Whatever it throws becomes a {@link SchemaError}: descriptors come from files and
 * servers, and nothing in them is to end in another error than that.
 */
export function orSchemaError<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof SchemaError) throw error;
    const reason = (error instanceof Error && error.message) || "they do not fit together";
    const message = `the descriptors are not valid: ${reason}; make them again, with protoc or buf build`;
    throw new SchemaError([{ message }], { cause: error });
  }
}

/** A problem of an option, named by its path. */
export function optionProblem(option: string, what: string): SchemaProblem {
  return { option, message: `${option}: ${what}` };
}

/** A problem of a declaration; without a location, `name` (a full name, or a file) says where it is. */
export function declarationProblem(
  name: string,
  location: SourceLocation | undefined,
  what: string,
): SchemaProblem {
  const place = location && `${location.file}:${location.line}:${location.column}: `;
  return { location, message: `${place ?? ""}${name}: ${what}` };
}

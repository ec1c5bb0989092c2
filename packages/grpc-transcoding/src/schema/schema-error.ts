import type { SourceLocation } from "./schema.ts";

/** One thing that is wrong with the protos, or with an option that says how to load them. */
export interface SchemaProblem {
  /** What was found, what was expected, and the fix. */
  readonly message: string;
  /** Where the declaration stands; undefined when its source is not known. */
  readonly location?: SourceLocation | undefined;
  /** The option that is wrong, as a path: `"services[1]"`, `"rules[0].get"`. */
  readonly option?: string | undefined;
}

/** One problem as a line: `library.proto:12:3: …`, or `services[1]: …`. */
export function formatProblem(problem: SchemaProblem): string {
  const { location, option, message } = problem;
  if (location !== undefined) {
    const { file, line, column } = location;
    return `${line === 0 ? file : `${file}:${line}:${column}`}: ${message}`;
  }
  return option === undefined ? message : `${option}: ${message}`;
}

/** Thrown when a schema cannot be made of its input; carries every problem that was found, not only the first. */
export class SchemaError extends Error {
  override readonly name = "SchemaError";
  readonly problems: readonly SchemaProblem[];

  constructor(problems: readonly SchemaProblem[], options?: ErrorOptions) {
    super(problems.map(formatProblem).join("\n"), options);
    this.problems = problems;
  }
}

/**
 * What a change does to clients of the old document: `breaking` may make a call or a generated client
 * fail, `warning` may surprise, `info` is harmless.
 */
export type ChangeLevel = "breaking" | "warning" | "info";

/** Whether clients send a value or read it: narrowing breaks the one, widening the other. */
export type Direction = "request" | "response";

/** One difference between two documents. */
export interface Change {
  /** A stable name in kebab-case, such as `"response-property-removed"`. */
  readonly rule: string;
  readonly level: ChangeLevel;
  /** `GET /v1/books`, or the name of a component schema. */
  readonly subject: string;
  /** The place within the subject: `query parameter pageSize`, `.author.name`; may be empty. */
  readonly place: string;
  readonly message: string;
}

/** Takes the changes of one subject. */
export type OnChange = (rule: string, level: ChangeLevel, place: string, message: string) => void;

/** One thing wrong with a JSON or protobuf input. */
export interface JsonViolation {
  /** In the names of the input: `items[3].address.zipCode`; `""` for the whole. */
  readonly path: string;
  /** What was expected and a short excerpt of what was found. */
  readonly description: string;
}

/** Thrown for input that is not the message's ProtoJSON, or bytes that are not the message. At most 20 violations. */
export class JsonError extends Error {
  override readonly name = "JsonError";
  readonly violations: readonly JsonViolation[];

  constructor(violations: readonly JsonViolation[], options?: ErrorOptions) {
    super(violations.map((v) => (v.path ? `${v.path}: ` : "") + v.description).join("; "), options);
    this.violations = violations;
  }
}

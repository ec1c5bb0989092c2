/** How much a finding matters: a document that lies, that lacks something, or that could say more. */
export type FindingLevel = "error" | "warning" | "info";

/** One thing that a reader of the document would miss, or that the document cannot say. */
export interface Finding {
  /** A stable name in kebab-case, such as `"unbound-method"`. */
  readonly rule: string;
  readonly level: FindingLevel;
  /** The full name of the declaration that it is about, or a path of the document. */
  readonly subject: string;
  readonly message: string;
  /** `file:line:column`, where the source is known. */
  readonly location?: string;
}

/** Takes findings while a document is made. */
export type OnFinding = (finding: Finding) => void;

import { FST_GRPC_TENANTS_DOCUMENT } from "../errors.ts";

/** Members and indexes from the top of the document on: `["tenants", 0, "id"]`. */
export type DocumentPath = readonly (string | number)[];

/** One thing that is wrong with a document. */
export interface DocumentProblem {
  readonly path: DocumentPath;
  /** Whether the member's name is meant, not its value. */
  readonly atKey?: boolean;
  readonly message: string;
}

/** Where something stands in a document. */
export interface DocumentPlace {
  /** As the source names it: a path, `etcd tenants`. */
  readonly file: string;
  /** From 1 on. */
  readonly line: number;
  /** From 1 on. */
  readonly column: number;
}

/** A problem with its place. */
export interface PlacedProblem extends DocumentPlace {
  readonly message: string;
}

/** What a bad document is refused with. */
export type DocumentError = InstanceType<typeof FST_GRPC_TENANTS_DOCUMENT> & {
  readonly problems: readonly PlacedProblem[];
};

/** An error of all problems, in the order of the document. */
export function documentError(problems: readonly PlacedProblem[]): DocumentError {
  const sorted = [...problems].sort((a, b) => a.line - b.line || a.column - b.column);
  const lines = sorted.map(
    ({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`,
  );
  const error = new FST_GRPC_TENANTS_DOCUMENT([...new Set(lines)].join("\n"));
  return Object.assign(error, { problems: sorted });
}

/** A path as messages have it: `tenants[0].cors`. */
export function pathText(path: DocumentPath): string {
  return path
    .map((part, at) => {
      if (typeof part === "number") return `[${part}]`;
      if (!/^[\w-]+$/.test(part)) return `[${JSON.stringify(part)}]`;
      return at === 0 ? part : `.${part}`;
    })
    .join("");
}

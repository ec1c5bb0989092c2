import type { ErrorTableConfig } from "grpc-transcoding";
import type { ErrorRenderer } from "./body/error-body.ts";
import { read } from "./option/read.ts";
import { tableKeys } from "./table/check-table.ts";
import { readTableFile } from "./table/table-file.ts";

/** Options of the plugin: a table, inline or from a file, and what plain data cannot say. */
export interface FastifyGrpcErrorsOptions extends ErrorTableConfig {
  /** A table from elsewhere: the path of a YAML or JSON file, or its parsed content. Inline members replace its members. */
  readonly table?: string | ErrorTableConfig;
  /** Makes every error body; `body` then only tells the document what it resembles. */
  readonly render?: ErrorRenderer;
  /**
   * Logs once per method a code that the method, which declares errors, does not declare.
   * @default true unless NODE_ENV is "production"
   */
  readonly warnUndeclared?: boolean;
}

/** Options with the table joined and read. */
export interface ResolvedOptions {
  /** Still to be checked by the compiler of tables. */
  readonly config: ErrorTableConfig;
  readonly render: ErrorRenderer | undefined;
  readonly warnUndeclared: boolean;
}

/** Reads options. Throws `FST_GRPC_ERRORS_*`. */
export function resolveOptions(options: FastifyGrpcErrorsOptions): ResolvedOptions {
  const keys = [...tableKeys, "table", "render", "warnUndeclared"];
  const { table = {}, render, warnUndeclared, ...inline } = read.plugin(options, keys);
  const base = typeof table === "string" ? readTableFile(table) : table;
  return {
    config: { ...read.object(base, "table"), ...inline },
    render: read.optional(render, "render", read.function<ErrorRenderer>),
    warnUndeclared:
      read.optional(warnUndeclared, "warnUndeclared", read.boolean) ??
      process.env.NODE_ENV !== "production",
  };
}

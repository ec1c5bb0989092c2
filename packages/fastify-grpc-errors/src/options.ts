import type { ErrorTableConfig } from "grpc-transcoding";
import type { ErrorRenderer } from "./body/error-body.ts";
import { FST_GRPC_ERRORS_OPTION } from "./errors.ts";
import { tableKeys } from "./table/check-table.ts";
import { quote, readBoolean, readObject } from "./table/option-value.ts";
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
  const { table, render, warnUndeclared, ...inline } = options;
  // Fastify adds the options of `register` itself.
  readObject(options, "", [
    ...tableKeys,
    "table",
    "render",
    "warnUndeclared",
    "prefix",
    "logLevel",
  ]);
  const { prefix: _p, logLevel: _l, ...config } = inline as Record<string, unknown>;
  if (render !== undefined && typeof render !== "function") {
    throw new FST_GRPC_ERRORS_OPTION("render", quote(render), "give a function");
  }
  const base = typeof table === "string" ? readTableFile(table) : (table ?? {});
  return {
    config: { ...readObject(base, "table"), ...config },
    render,
    warnUndeclared:
      warnUndeclared === undefined
        ? process.env.NODE_ENV !== "production"
        : readBoolean(warnUndeclared, "warnUndeclared"),
  };
}

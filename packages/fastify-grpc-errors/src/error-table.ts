import {
  type Code,
  codeOfHttpStatus,
  type ErrorTable,
  type ErrorTableConfig,
  type Failure,
} from "grpc-transcoding";
import { declaredResponse, failureFromError, visibleStatus } from "grpc-transcoding/internal";
import { chooseRenderer } from "./body/choose-renderer.ts";
import type { ErrorRenderer } from "./body/error-body.ts";
import { type AnswerHooks, httpErrorOf } from "./http-error.ts";
import { type CompiledTable, compileTable } from "./table/compile-table.ts";
import { explainDecision } from "./table/explain.ts";
import { declaredFacts, factsOf } from "./table/failure-facts.ts";

/** What a table is given beside its configuration. */
export interface ErrorTableHooks extends AnswerHooks {
  /** The app's own body. */
  readonly render?: ErrorRenderer | undefined;
  /** Judges each table before it takes effect. Throws to refuse it. */
  readonly verify?: (table: CompiledTable) => void;
}

/** Compiles an error table. Throws `FST_GRPC_ERRORS_*` for a configuration that is wrong. */
export function createErrorTable(
  config: ErrorTableConfig,
  hooks: ErrorTableHooks = {},
): ErrorTable {
  const compile = (next: ErrorTableConfig) => {
    const table = compileTable(next);
    hooks.verify?.(table);
    return { table, renderer: chooseRenderer(table.checked.body, hooks.render) };
  };
  let current = compile(config);
  let revision = 0;
  const codeOf = (statusCode: number): Code =>
    current.table.checked.http.get(statusCode) ?? codeOfHttpStatus(statusCode);
  return {
    get bodyFormats() {
      return current.renderer.formats;
    },
    get revision() {
      return revision;
    },
    codeOf,
    toHttp: (failure, context) =>
      httpErrorOf(failure, context, current.table, current.renderer, hooks),
    responsesOf(method) {
      const { table } = current;
      const { domain } = table.checked;
      return table.errorsOf(method).map((declaration) => {
        const { statusCode } = table.decide(declaredFacts(declaration, method, domain), method);
        return declaredResponse(declaration, statusCode, domain);
      });
    },
    explain(given, context = {}) {
      const failure = isFailure(given) ? given : failureFromError(given, codeOf);
      const visible = visibleStatus(failure, context, current.table.checked);
      const facts = factsOf(failure, visible, context);
      return explainDecision(
        current.table.decide(facts, context.method, failure.http),
        facts,
        failure,
      );
    },
    reload(next) {
      current = compile(next);
      revision += 1;
    },
  };
}

function isFailure(value: unknown): value is Failure {
  const { status, origin } = (value ?? {}) as Partial<Failure>;
  return typeof origin === "string" && Array.isArray(status?.details);
}

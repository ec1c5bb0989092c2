import { SchemaError, type SchemaProblem } from "grpc-transcoding";
import { snakeName } from "../document/camelized.ts";
import type { DocumentPath, PlacedProblem } from "../document/document-problem.ts";
import type { ParsedDocument } from "../document/parse-document.ts";
import type { TenantSettings } from "../document/tenant-settings.ts";
import { quote } from "../option/option-value.ts";

/** What kept a tenant from being built, each problem with the place of the document that it comes from. */
export function buildProblems(
  error: unknown,
  { id, protoPath }: TenantSettings,
  path: DocumentPath,
  { placed }: ParsedDocument,
): readonly PlacedProblem[] {
  const schemaProblems = schemaProblemsOf(error);
  if (schemaProblems !== undefined) {
    const api = protoPath === undefined ? "descriptorSet" : "proto";
    return schemaProblems.map(({ message, option = api }) =>
      placed({
        path: [...path, ...optionPath(option)],
        message: `tenant ${quote(id)}: ${message}`,
      }),
    );
  }
  const { message, code } = error as Error & { readonly code?: string };
  const [, option = ""] = named.exec(message) ?? [];
  // Those of the gateway are of messages; rates are the policies'.
  const known = code === "FST_GRPC_OPTION" ? option.replace(/^limits\b/, "messageLimits") : option;
  const of = code?.startsWith("FST_GRPC_ERRORS_") ? ["errors"] : [];
  const at = [...path, ...of, ...optionPath(known)];
  return [placed({ path: at, message: `tenant ${quote(id)}: ${message}` })];
}

function schemaProblemsOf(error: unknown): readonly SchemaProblem[] | undefined {
  if (error instanceof SchemaError) return error.problems;
  const { cause } = error as { readonly cause?: unknown };
  return cause instanceof SchemaError ? cause.problems : undefined;
}

// As the plugins name options in their messages.
const named = /options? "?(?:tenant\.)?([\w.[\]"-]+)"?/;

/** Names of members that are other ones in the document. */
const renamed: Readonly<Record<string, string>> = {
  circuitBreaker: "breaker",
  proto: "protoPath",
};

/** The member that an option is, as the document has it. */
function optionPath(option: string): DocumentPath {
  const [first = "", ...others] = option.match(/[^.[\]"]+/g) ?? [];
  return [renamed[first] ?? first, ...others].map((part) => {
    if (/^\d+$/.test(part)) return Number(part);
    return /^[a-z]/.test(part) ? snakeName(part) : part;
  });
}

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
    const member = protoPath === undefined ? "descriptor_set" : "proto_path";
    return schemaProblems.map(({ message }) =>
      placed({ path: [...path, member], message: `tenant ${quote(id)}: ${message}` }),
    );
  }
  const { message } = error as Error;
  const at = [...path, ...optionPath(message)];
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
const renamed: Readonly<Record<string, string>> = { circuitBreaker: "breaker" };

/** The member that an option's error is about, as the document has it. */
function optionPath(message: string): DocumentPath {
  const [, option = ""] = named.exec(message) ?? [];
  const parts = option.match(/[^.[\]"]+/g) ?? [];
  return parts.map((part, at) => {
    if (/^\d+$/.test(part)) return Number(part);
    return at === 0 ? snakeName(renamed[part] ?? part) : snakeName(part);
  });
}

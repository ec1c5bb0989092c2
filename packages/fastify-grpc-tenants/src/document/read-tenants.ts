import { camelized } from "./camelized.ts";
import { checkShape } from "./check-shape.ts";
import { checkTenants, type ShapedTenants, type TenantSurroundings } from "./check-tenants.ts";
import { type DocumentProblem, documentError } from "./document-problem.ts";
import { tenantSchema } from "./document-schema.ts";
import { type ParsedDocument, parseTenantsDocument } from "./parse-document.ts";
import type { TenantSettings } from "./tenant-settings.ts";

/** A document that may become effective, as far as it can be judged without compiling its APIs. */
export interface TenantsDocument {
  readonly tenants: readonly TenantSettings[];
  readonly parsed: ParsedDocument;
}

/** Reads a tenants document, YAML or JSON. Throws FST_GRPC_TENANTS_DOCUMENT with all problems and their places. */
export function readTenants(
  text: string,
  file: string,
  surroundings: TenantSurroundings,
): TenantsDocument {
  const parsed = parseTenantsDocument(text, file);
  const misshapen = checkShape(parsed);
  const shaped = shapedTenants(parsed, misshapen);
  const problems = [...misshapen, ...checkTenants(shaped, surroundings)];
  if (problems.length > 0) throw documentError(problems.map(parsed.placed));
  return { tenants: [...shaped.values()], parsed };
}

/** Those whose shape is right can be judged although others are not. */
function shapedTenants(
  { value }: ParsedDocument,
  misshapen: readonly DocumentProblem[],
): ShapedTenants {
  const wrong = new Set(misshapen.map(({ path }) => path[1]));
  const { tenants } = Object(value) as { readonly tenants?: unknown };
  if (!Array.isArray(tenants)) return new Map();
  return new Map(
    tenants.flatMap((tenant, at) =>
      wrong.has(at) ? [] : [[at, camelized(tenant, tenantSchema) as TenantSettings]],
    ),
  );
}

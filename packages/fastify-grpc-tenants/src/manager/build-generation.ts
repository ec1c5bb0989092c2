import { setImmediate as nextTurn } from "node:timers/promises";
import type { GatewayTenants, TenantChange } from "fastify-grpc-gateway";
import type { TenantPolicies } from "fastify-grpc-policies";
import { TenantCors } from "../cors/tenant-cors.ts";
import { documentError, type PlacedProblem } from "../document/document-problem.ts";
import type { TenantsDocument } from "../document/read-tenants.ts";
import { contentSignature } from "../files/file-tree.ts";
import { TenantIndex } from "../selection/tenant-index.ts";
import { buildProblems } from "./build-problems.ts";
import {
  apiFingerprint,
  buildTenant,
  loadTenantSchema,
  pathsOf,
  type TenantParts,
} from "./build-tenant.ts";
import { type EffectiveTenant, type Generation, nothing } from "./generation.ts";

/** A document that is ready to become effective. */
export interface BuiltGeneration {
  readonly generation: Generation;
  /** To be committed together with it. */
  readonly changes: readonly TenantChange[];
  /** Lets go of what was made for it; for one that does not become effective. */
  discard(): void;
}

/**
 * Builds what is new in a document beside what serves; tenants in which nothing has changed stay as they are. Throws
 * FST_GRPC_TENANTS_DOCUMENT with all problems.
 */
export async function buildGeneration(
  { tenants, parsed }: TenantsDocument,
  revision: string,
  before: Generation,
  parts: TenantParts,
  gateway: GatewayTenants,
): Promise<BuiltGeneration> {
  const next = new Map<string, EffectiveTenant>();
  const changes: TenantChange[] = [];
  const made: TenantPolicies[] = [];
  const discard = (): void => {
    for (const policies of made) policies.close();
  };
  const problems: PlacedProblem[] = [];
  // Tenants with one API share it, and one whose API has not changed keeps it.
  const schemas = new Map([...before.tenants.values()].map(({ api, schema }) => [api, schema]));
  for (const [at, settings] of tenants.entries()) {
    const { id } = settings;
    const files = await contentSignature(pathsOf(settings, parts.root));
    const api = apiFingerprint(settings, files);
    const text = JSON.stringify(settings);
    const present = before.tenants.get(id);
    if (present?.text === text && present.api === api) {
      next.set(id, present);
      continue;
    }
    try {
      const schema = schemas.has(api)
        ? schemas.get(api)
        : await loadTenantSchema(settings, parts, before !== nothing);
      schemas.set(api, schema);
      const { options, policies } = await buildTenant(settings, parts, schema, present);
      if (policies !== undefined) made.push(policies);
      changes.push(await gateway.prepare(id, options));
      next.set(id, { settings, text, api, schema, policies, revision });
    } catch (error) {
      problems.push(...buildProblems(error, settings, ["tenants", at], parsed));
    }
    // Requests come in between.
    await nextTurn();
  }
  if (problems.length > 0) {
    discard();
    throw documentError(problems);
  }
  const [index, cors] = [new TenantIndex(tenants), new TenantCors(tenants)];
  const generation = { revision, since: new Date(), tenants: next, index, cors };
  return { generation, changes, discard };
}

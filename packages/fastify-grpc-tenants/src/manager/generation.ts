import type { TenantPolicies } from "fastify-grpc-policies";
import type { Schema } from "grpc-transcoding";
import { TenantCors } from "../cors/tenant-cors.ts";
import type { TenantSettings } from "../document/tenant-settings.ts";
import { TenantIndex } from "../selection/tenant-index.ts";
import type { ReloadResult } from "./tenants-status.ts";

/** One tenant of the document that is effective. */
export interface EffectiveTenant {
  readonly settings: TenantSettings;
  /** Equal for equal settings. */
  readonly text: string;
  /** Equal for equal APIs. */
  readonly api: string;
  readonly schema: Schema | undefined;
  readonly policies: TenantPolicies | undefined;
  /** Of the document that it was changed by. */
  readonly revision: string;
}

/** A document that is effective, as a whole. */
export interface Generation {
  readonly revision: string;
  readonly since: Date;
  readonly tenants: ReadonlyMap<string, EffectiveTenant>;
  readonly index: TenantIndex;
  readonly cors: TenantCors;
}

/** What is effective before the first document. */
export const nothing: Generation = {
  revision: "",
  since: new Date(0),
  tenants: new Map(),
  index: new TenantIndex([]),
  cors: new TenantCors([]),
};

/** What another generation has changed, by tenant. */
export function changesBetween(before: Generation, after: Generation): ReloadResult {
  const [old, now] = [before.tenants, after.tenants];
  const kept = [...now.keys()].filter((id) => old.has(id));
  return {
    revision: after.revision,
    added: [...now.keys()].filter((id) => !old.has(id)),
    changed: kept.filter((id) => now.get(id) !== old.get(id)),
    removed: [...old.keys()].filter((id) => !now.has(id)),
  };
}

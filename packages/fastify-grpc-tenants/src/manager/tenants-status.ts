import type { TenantStatus } from "fastify-grpc-gateway";
import type { PlacedProblem } from "../document/document-problem.ts";

/** What kept the latest document from becoming effective. */
export interface TenantsError {
  /** Of the document; undefined where there is none to be had. */
  readonly revision: string | undefined;
  readonly message: string;
  /** What is wrong with the document, each with its place; empty where it could not be had. */
  readonly problems: readonly PlacedProblem[];
  readonly at: Date;
}

/** One tenant at a moment. */
export interface StatusOfTenant extends Omit<TenantStatus, "revision"> {
  readonly id: string;
  /** The revision of the document that it was changed by last. */
  readonly revision: string;
  /** Another one has a higher number. */
  readonly generation: number;
}

/** All tenants at a moment. */
export interface TenantsStatus {
  /** The name of the source. */
  readonly source: string;
  /** Of the document that is effective. */
  readonly revision: string;
  /** When it became so. */
  readonly since: Date;
  /** Whether the source has, or may have, another document than the one that is effective: see `error`. */
  readonly stale: boolean;
  readonly error: TenantsError | undefined;
  readonly tenants: readonly StatusOfTenant[];
}

/** What a reload has changed, by tenant. */
export interface ReloadResult {
  readonly revision: string;
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

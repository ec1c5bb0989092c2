import { resolve } from "node:path";
import type { FastifyBaseLogger } from "fastify";
import { createErrorTable } from "fastify-grpc-errors";
import type { Policy, TenantOptions, Upstream } from "fastify-grpc-gateway";
import {
  createPolicies,
  type LimitsSettings,
  type PolicySettings,
  type TenantPolicies,
  type TenantPoliciesHost,
} from "fastify-grpc-policies";
import { type ErrorMapper, loadSchema, type Schema } from "grpc-transcoding";
import { type FileSource, loadSchemaInTurns } from "grpc-transcoding/internal";
import type { TenantSettings } from "../document/tenant-settings.ts";

/** What an app has that tenants are built of. */
export interface TenantParts {
  /** Where relative paths of the document start. */
  readonly root: string;
  readonly log: Pick<FastifyBaseLogger, "warn">;
  readonly policies: ReadonlyMap<string, Policy>;
  readonly upstreams: ReadonlyMap<string, Upstream>;
  /** What limits, breakers and bulkheads are made with. */
  readonly policyHost: Omit<TenantPoliciesHost, "tenant" | "errors" | "previous">;
}

/** A tenant as its gateway takes it, and what ends with it. */
export interface BuiltTenant {
  readonly options: TenantOptions;
  /** Limits, breaker and bulkhead; undefined for a tenant without. */
  readonly policies: TenantPolicies | undefined;
}

/** What a generation of a tenant has of the one before. */
export interface FormerTenant {
  readonly settings: TenantSettings;
  readonly policies: TenantPolicies | undefined;
}

/** Builds a tenant. Throws what is wrong with what its settings say. */
export async function buildTenant(
  settings: TenantSettings,
  parts: TenantParts,
  schema: Schema | undefined,
  former: FormerTenant | undefined,
): Promise<BuiltTenant> {
  const { prefix, upstream, deadline, json, unknownQuery, messageLimits } = settings;
  const errors = settings.errors && createErrorTable(settings.errors);
  const policies = await makePolicies(settings, parts, errors, former);
  const named = (settings.policies ?? []).map((name) => parts.policies.get(name) as Policy);
  const options: TenantOptions = {
    ...(schema && { schema }),
    ...(prefix !== undefined && { prefix }),
    ...(upstream !== undefined && { upstream: parts.upstreams.get(upstream) ?? upstream }),
    ...(errors && { errors }),
    ...(deadline && { deadline }),
    ...(json && { json }),
    ...(unknownQuery !== undefined && { unknownQuery }),
    ...(messageLimits && { limits: messageLimits }),
    // What the app's own refuse takes no token.
    policies: [...named, ...(policies?.policies ?? [])],
    ...(policies && { interceptors: policies.interceptors }),
  };
  return { options, policies };
}

async function makePolicies(
  { id: tenant, limits, breaker, bulkhead, upstream }: TenantSettings,
  { policyHost }: TenantParts,
  errors: ErrorMapper | undefined,
  former: FormerTenant | undefined,
): Promise<TenantPolicies | undefined> {
  if (limits === undefined && breaker === undefined && bulkhead === undefined) return undefined;
  const settings: PolicySettings = {
    ...(limits && { limits: byTenant(limits) }),
    ...(breaker && { circuitBreaker: breaker }),
    ...(bulkhead && { bulkhead }),
  };
  // Circuits are of an upstream: another one begins with its own.
  const isSame = former !== undefined && former.settings.upstream === upstream;
  return await createPolicies(settings, {
    ...policyHost,
    tenant,
    ...(errors && { errors }),
    previous: isSame ? former.policies : undefined,
  });
}

/** A limit that says nothing else is one bucket for the tenant. */
function byTenant(limits: NonNullable<TenantSettings["limits"]>): LimitsSettings {
  return Object.fromEntries(
    Object.entries(limits).map(([name, limit]) => [name, { by: "tenant", ...limit }]),
  );
}

/**
 * The API of a tenant; undefined for one with the gateway's. Throws a SchemaError with all that is wrong with its files.
 * `serves` tells that there are requests, which must not wait: then it is compiled in another thread.
 */
export async function loadTenantSchema(
  settings: TenantSettings,
  { root, log }: TenantParts,
  serves: boolean,
): Promise<Schema | undefined> {
  const source = schemaSource(settings, root);
  if (source === undefined) return undefined;
  const load = serves ? loadSchemaInTurns : loadSchema;
  const { id: tenant, services } = settings;
  return await load(source, {
    ...(services && { services }),
    onWarning: ({ message }) => log.warn({ tenant }, message),
  });
}

function schemaSource(
  { protoPath, includeDirs = [], descriptorSet }: TenantSettings,
  root: string,
): FileSource | undefined {
  const absolute = (path: string): string => resolve(root, path);
  if (descriptorSet !== undefined) return { descriptorSet: absolute(descriptorSet) };
  if (protoPath === undefined) return undefined;
  const proto = [protoPath].flat().map(absolute);
  return { proto, includeDirs: includeDirs.map(absolute) };
}

/** Equal for tenants with one API, whose files have this signature. */
export function apiFingerprint(
  { protoPath, includeDirs, descriptorSet, services }: TenantSettings,
  signature: string,
): string {
  return JSON.stringify([protoPath, includeDirs, descriptorSet, services, signature]);
}

/** All paths that a tenant's API is read from. */
export function pathsOf(
  { protoPath, includeDirs = [], descriptorSet }: TenantSettings,
  root: string,
): readonly string[] {
  const paths = [protoPath ?? [], includeDirs, descriptorSet ?? []].flat();
  return paths.map((path) => resolve(root, path));
}

import { resolve } from "node:path";
import type { FastifyBaseLogger } from "fastify";
import { createErrorTable } from "fastify-grpc-errors";
import type { Policy, TenantOptions, Upstream } from "fastify-grpc-gateway";
import { loadSchema, type Schema } from "grpc-transcoding";
import { type FileSource, loadSchemaInTurns } from "grpc-transcoding/internal";
import type { TenantSettings } from "../document/tenant-settings.ts";

/** What an app has that tenants are built of. */
export interface TenantParts {
  /** Where relative paths of the document start. */
  readonly root: string;
  readonly log: Pick<FastifyBaseLogger, "warn">;
  readonly policies: ReadonlyMap<string, Policy>;
  readonly upstreams: ReadonlyMap<string, Upstream>;
}

/** A tenant as its gateway takes it. Throws what is wrong with what its settings say. */
export function buildTenant(
  settings: TenantSettings,
  parts: TenantParts,
  schema: Schema | undefined,
): TenantOptions {
  const { prefix, upstream, errors, deadline, json, unknownQuery, messageLimits } = settings;
  const policies = (settings.policies ?? []).map((name) => parts.policies.get(name) as Policy);
  return {
    ...(schema && { schema }),
    ...(prefix !== undefined && { prefix }),
    ...(upstream !== undefined && { upstream: parts.upstreams.get(upstream) ?? upstream }),
    ...(errors && { errors: createErrorTable(errors) }),
    ...(deadline && { deadline }),
    ...(json && { json }),
    ...(unknownQuery !== undefined && { unknownQuery }),
    ...(messageLimits && { limits: messageLimits }),
    policies,
  };
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

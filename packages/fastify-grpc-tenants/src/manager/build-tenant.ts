import { resolve } from "node:path";
import { createErrorTable } from "fastify-grpc-errors";
import type { Policy, TenantOptions, Upstream } from "fastify-grpc-gateway";
import { loadSchema, type Schema, type SchemaSource } from "grpc-transcoding";
import type { TenantSettings } from "../document/tenant-settings.ts";

/** What an app has that tenants are built of. */
export interface TenantParts {
  /** Where relative paths of the document start. */
  readonly root: string;
  readonly policies: ReadonlyMap<string, Policy>;
  readonly upstreams: ReadonlyMap<string, Upstream>;
}

/** A tenant as its gateway takes it. Throws what is wrong with what its settings name. */
export async function buildTenant(
  settings: TenantSettings,
  parts: TenantParts,
): Promise<TenantOptions> {
  const { prefix, upstream, errors, deadline, json, unknownQuery, messageLimits } = settings;
  const schema = await loadTenantSchema(settings, parts.root);
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

async function loadTenantSchema(
  settings: TenantSettings,
  root: string,
): Promise<Schema | undefined> {
  const source = schemaSource(settings, root);
  if (source === undefined) return undefined;
  return await loadSchema(source, settings.services && { services: settings.services });
}

function schemaSource(
  { protoPath, includeDirs = [], descriptorSet }: TenantSettings,
  root: string,
): SchemaSource | undefined {
  const absolute = (path: string): string => resolve(root, path);
  if (descriptorSet !== undefined) return { descriptorSet: absolute(descriptorSet) };
  if (protoPath === undefined) return undefined;
  const proto = [protoPath].flat().map(absolute);
  return { proto, includeDirs: includeDirs.map(absolute) };
}

/** All paths that a tenant's API is read from. */
export function pathsOf(
  { protoPath, includeDirs = [], descriptorSet }: TenantSettings,
  root: string,
): readonly string[] {
  const paths = [protoPath ?? [], includeDirs, descriptorSet ?? []].flat();
  return paths.map((path) => resolve(root, path));
}

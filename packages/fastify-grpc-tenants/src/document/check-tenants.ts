import { isAbsolute, normalize } from "node:path";
import { suggestion } from "grpc-transcoding/internal";
import { quote } from "../option/option-value.ts";
import { isAllowedTarget, isTarget } from "./allow-targets.ts";
import type { DocumentPath, DocumentProblem } from "./document-problem.ts";
import type { TenantSettings } from "./tenant-settings.ts";

/** What an app has that tenants may name. */
export interface TenantSurroundings {
  /** The names of the option `policies`. */
  readonly policies: readonly string[];
  /** The names of the option `upstreams`. */
  readonly upstreams: readonly string[];
  /** Targets that tenants may call; undefined for any. */
  readonly allowTargets: readonly string[] | undefined;
  /** Whether paths may lead out of the directory that they start from. */
  readonly readsAnywhere: boolean;
  /** Paths of the plugin's own pages, which no tenant may have as its prefix. */
  readonly reserved: readonly string[];
  /** Whether a tenant needs an API of its own: the gateway has none. */
  readonly needsApi: boolean;
  /** Whether a tenant needs an upstream of its own: the gateway has none. */
  readonly needsUpstream: boolean;
  /** Whether requests may name their tenant by a header. */
  readonly hasHeader: boolean;
}

/** Tenants by their index in the document; those of the wrong shape are left out. */
export type ShapedTenants = ReadonlyMap<number, TenantSettings>;

/** Everything that is wrong with tenants whose shape is right. */
export function checkTenants(
  tenants: ShapedTenants,
  surroundings: TenantSurroundings,
): readonly DocumentProblem[] {
  return [
    ...checkIds(tenants),
    ...checkPrefixes(tenants),
    ...checkHosts(tenants),
    ...[...tenants].flatMap(([at, tenant]) => checkTenant(tenant, ["tenants", at], surroundings)),
  ];
}

function checkIds(tenants: ShapedTenants): DocumentProblem[] {
  const seen = new Set<string>();
  return [...tenants].flatMap(([at, { id }]) => {
    if (!seen.has(id)) {
      seen.add(id);
      return [];
    }
    return [{ path: ["tenants", at, "id"], message: `two tenants have the id ${quote(id)}` }];
  });
}

function checkPrefixes(tenants: ShapedTenants): DocumentProblem[] {
  const owners = new Map<string, TenantSettings>();
  /** Of the paths above a prefix, which no other one may be. */
  const above = new Map<string, TenantSettings>();
  return [...tenants].flatMap(([at, tenant]) => {
    const { id, prefix } = tenant;
    if (prefix === undefined) return [];
    const parents = pathsAbove(prefix);
    const [other] = [
      owners.get(prefix),
      above.get(prefix),
      ...parents.map((one) => owners.get(one)),
    ].filter((one) => one !== undefined);
    owners.set(prefix, tenant);
    for (const parent of parents) above.set(parent, tenant);
    if (other === undefined) return [];
    const message = `the prefix ${quote(prefix)} of ${quote(id)} overlaps with ${quote(other.prefix)} of ${quote(other.id)}: no path may begin with both`;
    return [{ path: ["tenants", at, "prefix"], message }];
  });
}

function overlap(a: string, b: string): boolean {
  return `${a}/`.startsWith(`${b}/`) || `${b}/`.startsWith(`${a}/`);
}

/** `/a` and `/a/b` of `/a/b/c`. */
function pathsAbove(prefix: string): string[] {
  const segments = prefix.split("/");
  return segments.slice(2).map((_, at) => segments.slice(0, at + 2).join("/"));
}

function checkHosts(tenants: ShapedTenants): DocumentProblem[] {
  const owners = new Map<string, string>();
  const problems: DocumentProblem[] = [];
  for (const [at, { id, hosts = [] }] of tenants) {
    for (const [index, host] of hosts.entries()) {
      const owner = owners.get(host);
      if (owner === undefined) owners.set(host, id);
      else {
        const message = `the host ${quote(host)} is that of ${quote(owner)} already`;
        problems.push({ path: ["tenants", at, "hosts", index], message });
      }
    }
  }
  return problems;
}

function checkTenant(
  tenant: TenantSettings,
  path: DocumentPath,
  surroundings: TenantSurroundings,
): DocumentProblem[] {
  const { id, prefix, protoPath, includeDirs, descriptorSet, upstream, cors } = tenant;
  const { policies, upstreams, allowTargets, needsApi, needsUpstream } = surroundings;
  const problems: DocumentProblem[] = [];
  const report = (at: DocumentPath, message: string) =>
    problems.push({ path: [...path, ...at], message });
  const page = surroundings.reserved.find((path) => prefix !== undefined && overlap(path, prefix));
  if (page !== undefined) {
    report(["prefix"], `the prefix ${quote(prefix)} overlaps with ${page}, where documents are`);
  }
  const hasApi = protoPath !== undefined || descriptorSet !== undefined;
  if (protoPath !== undefined && descriptorSet !== undefined) {
    report(["descriptor_set"], "proto_path and descriptor_set name two APIs; give one of them");
  }
  if (!hasApi && needsApi) {
    report([], `tenant ${quote(id)} has no API: give it proto_path or descriptor_set`);
  }
  if (includeDirs !== undefined && protoPath === undefined) {
    report(
      ["include_dirs"],
      "include_dirs are where imports of proto_path are looked for: give it",
    );
  }
  for (const [member, given] of Object.entries({
    proto_path: protoPath,
    include_dirs: includeDirs,
    descriptor_set: descriptorSet,
  })) {
    if (surroundings.readsAnywhere) continue;
    for (const path of [given ?? []].flat().filter(leadsOut)) {
      report([member], `${quote(path)} leads out of the directory that paths start from`);
    }
  }
  if (tenant.services !== undefined && !hasApi) {
    report(["services"], "services choose among those of proto_path or descriptor_set: give one");
  }
  if (upstream === undefined && needsUpstream) {
    report([], `tenant ${quote(id)} has no upstream, and nor has the gateway`);
  }
  if (upstream !== undefined && !upstreams.includes(upstream)) {
    if (!isTarget(upstream)) {
      const names = upstreams.length > 0 ? `: ${upstreams.join(", ")}` : "; there are none";
      report(
        ["upstream"],
        `${quote(upstream)} is no target such as "pay:50051", nor one of the app's upstreams${names}.${suggestion(upstream, upstreams)}`,
      );
    } else if (allowTargets !== undefined && !isAllowedTarget(upstream, allowTargets)) {
      const allowed = allowTargets.length > 0 ? allowTargets.map(quote).join(", ") : "none";
      report(["upstream"], `${quote(upstream)} is not among the allowed targets: ${allowed}`);
    }
  }
  for (const [index, name] of (tenant.policies ?? []).entries()) {
    if (policies.includes(name)) continue;
    const names = policies.length > 0 ? policies.join(", ") : "none";
    report(
      ["policies", index],
      `the app has no policy ${quote(name)}; it has ${names}.${suggestion(name, policies)}`,
    );
  }
  if (cors?.allowCredentials && cors.allowOrigins.includes("*")) {
    report(
      ["cors", "allow_credentials"],
      'credentials cannot go with the origin "*": name the origins',
    );
  }
  if (!surroundings.hasHeader && prefix === undefined && tenant.hosts === undefined) {
    report([], `no request can name tenant ${quote(id)}: give it a prefix or hosts`);
  }
  return problems;
}

function leadsOut(path: string): boolean {
  return isAbsolute(path) || /^\.\.([/\\]|$)/.test(normalize(path));
}

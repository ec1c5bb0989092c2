import type { TenantChoice, TenantRequest } from "fastify-grpc-gateway";
import type { TenantSettings } from "../document/tenant-settings.ts";

/** What a request says of its tenant. */
export type NamedTenant = string | TenantChoice;

/**
 * The tenants of one generation, by what requests name them with. Maps, since clients choose what is looked up; a look-up
 * costs the same for any number of tenants.
 */
export class TenantIndex {
  readonly #ids = new Set<string>();
  readonly #prefixes = new Map<string, TenantChoice>();
  readonly #hosts = new Map<string, string>();
  /** Segments of the longest prefix. */
  #depth = 0;

  constructor(tenants: Iterable<Pick<TenantSettings, "id" | "prefix" | "hosts">>) {
    for (const { id: tenant, prefix, hosts = [] } of tenants) {
      this.#ids.add(tenant);
      for (const host of hosts) this.#hosts.set(host, tenant);
      if (prefix === undefined) continue;
      this.#prefixes.set(prefix, { tenant, prefix });
      this.#depth = Math.max(this.#depth, prefix.split("/").length - 1);
    }
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** The tenant whose prefix a raw path begins with. No prefix begins another. */
  ofPath(path: string): TenantChoice | undefined {
    let end = 0;
    for (let depth = 0; depth < this.#depth; depth += 1) {
      if (path.charCodeAt(end) !== slash) return undefined;
      end = segmentEnd(path, end + 1);
      const found = this.#prefixes.get(path.slice(0, end));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The tenant of a host: as it is listed with its port, else without. */
  ofHost(host: string | undefined): string | undefined {
    if (host === undefined || this.#hosts.size === 0) return undefined;
    const lower = host.toLowerCase();
    return this.#hosts.get(lower) ?? this.#hosts.get(lower.replace(/:\d+$/, ""));
  }
}

const slash = 47;

function segmentEnd(path: string, from: number): number {
  for (let at = from; at < path.length; at += 1) {
    const code = path.charCodeAt(at);
    // The next segment, a query, or a fragment.
    if (code === slash || code === 63 || code === 35) return at;
  }
  return path.length;
}

/** A request, as far as its tenant is told by it. */
export type SelectedRequest = Pick<TenantRequest, "url" | "headers" | "host">;

/**
 * The tenant of a request: false where what names one names none that is there, or where header, prefix and host name
 * different ones; undefined where nothing names one. `base` is the URL prefix of the gateway, in front of that of a
 * tenant.
 */
export function selectTenant(
  index: TenantIndex,
  { url, headers, host }: SelectedRequest,
  header: string | false,
  base: string,
): NamedTenant | false | undefined {
  const path = base !== "" && url.startsWith(`${base}/`) ? url.slice(base.length) : url;
  const ofPath = index.ofPath(path);
  const ofHost = index.ofHost(host);
  const claimed = header === false ? undefined : headers[header];
  if (claimed !== undefined) {
    // Two headers come as one with a comma, which is no id.
    if (typeof claimed !== "string" || !index.has(claimed)) return false;
    if (ofPath !== undefined && ofPath.tenant !== claimed) return false;
    if (ofHost !== undefined && ofHost !== claimed) return false;
    return ofPath ?? claimed;
  }
  if (ofPath === undefined) return ofHost;
  return ofHost === undefined || ofHost === ofPath.tenant ? ofPath : false;
}

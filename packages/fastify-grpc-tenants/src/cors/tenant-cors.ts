import type { FastifyCorsOptions } from "@fastify/cors";
import type { FastifyRequest } from "fastify";
import type { CorsSettings, TenantSettings } from "../document/tenant-settings.ts";
import type { NamedTenant, SelectedRequest } from "../selection/tenant-index.ts";

const off: FastifyCorsOptions = { origin: false };

// All that a tenant's methods may have.
const methods: readonly string[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/** The CORS of one generation of tenants. */
export class TenantCors {
  readonly #byTenant = new Map<string, FastifyCorsOptions>();
  readonly #settings: readonly CorsSettings[];
  /** Of preflights that name no tenant, by their origin: made when one asks. */
  readonly #byOrigin = new Map<string, FastifyCorsOptions>();
  readonly #origins: ReadonlySet<string>;

  constructor(tenants: Iterable<Pick<TenantSettings, "id" | "cors">>) {
    const settings: CorsSettings[] = [];
    for (const { id, cors } of tenants) {
      if (cors === undefined) continue;
      settings.push(cors);
      this.#byTenant.set(id, optionsOf(cors));
    }
    this.#settings = settings;
    this.#origins = new Set(settings.flatMap(({ allowOrigins }) => allowOrigins));
  }

  /** For @fastify/cors: what a request may do, by its tenant as far as it names one. */
  optionsFor(
    { method, headers }: Pick<FastifyRequest, "method" | "headers">,
    named: NamedTenant | false | undefined,
    header: string | false,
  ): FastifyCorsOptions {
    const { origin, "access-control-request-method": asked } = headers;
    const isPreflight = method === "OPTIONS" && origin !== undefined && asked !== undefined;
    if (named !== undefined && named !== false) {
      const options = this.#byTenant.get(typeof named === "string" ? named : named.tenant) ?? off;
      // Another OPTIONS is a request of its own.
      return method === "OPTIONS" && !isPreflight ? off : options;
    }
    if (named === false || !isPreflight || !announces(headers, header)) return off;
    return this.#ofOrigin(origin);
  }

  /**
   * A preflight has the name of the tenant's header and not its value. It is answered with all that some tenant allows
   * the origin; the request behind it is held to what its own tenant allows.
   */
  #ofOrigin(origin: string): FastifyCorsOptions {
    const known = this.#byOrigin.get(origin);
    if (known !== undefined) return known;
    const settings = this.#settings.filter(({ allowOrigins }) => allows(allowOrigins, origin));
    const options = settings.length === 0 ? off : { ...optionsOf(joined(settings)), origin };
    // Clients choose their origins: only those that are listed are worth keeping.
    if (this.#origins.has(origin)) this.#byOrigin.set(origin, options);
    return options;
  }
}

/** What @fastify/cors asks for each request. */
export type CorsDelegator = (
  request: FastifyRequest,
  callback: (error: Error | null, options?: FastifyCorsOptions) => void,
) => void;

/** The delegator for @fastify/cors. `current` is asked for each request, `select` for its tenant. */
export function corsDelegator(
  current: () => TenantCors,
  select: (request: SelectedRequest) => NamedTenant | false | undefined,
  header: string | false,
): CorsDelegator {
  return (request, callback) => {
    const { raw, headers } = request;
    if (headers.origin === undefined) {
      callback(null, off);
      return;
    }
    const authority = headers[":authority"];
    const host = typeof authority === "string" ? authority : headers.host;
    const named = select({ url: raw.url ?? "/", headers, host });
    callback(null, current().optionsFor(request, named, header));
  };
}

/** Whether a preflight names the header that tells a tenant. */
function announces(headers: FastifyRequest["headers"], header: string | false): boolean {
  const names = headers["access-control-request-headers"];
  if (header === false || typeof names !== "string") return false;
  return names.split(",").some((name) => name.trim().toLowerCase() === header);
}

function allows(allowOrigins: readonly string[], origin: string): boolean {
  return allowOrigins.includes(origin) || allowOrigins.includes("*");
}

function optionsOf(cors: CorsSettings): FastifyCorsOptions {
  const { allowOrigins, allowCredentials, allowMethods, allowHeaders, exposeHeaders } = cors;
  return {
    origin: allowOrigins.includes("*") ? "*" : [...allowOrigins],
    methods: [...(allowMethods ?? methods)],
    ...(allowCredentials && { credentials: true }),
    ...(allowHeaders && { allowedHeaders: [...allowHeaders] }),
    ...(exposeHeaders && { exposedHeaders: [...exposeHeaders] }),
    ...(cors.maxAge !== undefined && { maxAge: cors.maxAge }),
  };
}

function joined(settings: readonly CorsSettings[]): CorsSettings {
  const allowHeaders = settings.map((cors) => cors.allowHeaders);
  const ages = settings.flatMap(({ maxAge }) => maxAge ?? []);
  return {
    allowOrigins: [],
    allowCredentials: settings.some((cors) => cors.allowCredentials),
    allowMethods: [...new Set(settings.flatMap((cors) => cors.allowMethods ?? methods))],
    // One that lists none lets all pass.
    ...(allowHeaders.every((names) => names !== undefined) && {
      allowHeaders: [...new Set(allowHeaders.flat())] as string[],
    }),
    ...(ages.length > 0 && { maxAge: Math.min(...ages) }),
  };
}

import { dirname, resolve } from "node:path";
import type { FastifyGrpcGatewayOptions, Policy, Upstream } from "fastify-grpc-gateway";
import { createMemoryStore, type LimitStore, type OnStoreError } from "fastify-grpc-policies";
import { FST_GRPC_TENANTS_OPTION } from "./errors.ts";
import { quote, readList, readMilliseconds, readObject, readText } from "./option/option-value.ts";
import { fileSource } from "./source/file-source.ts";
import type { PolicySource } from "./source/policy-source.ts";

/** What the gateway of the tenants is registered with; its API and upstream, if any, are for requests that name no tenant. */
export type TenantGatewayOptions = Partial<Omit<FastifyGrpcGatewayOptions, "tenant">>;

/** Options of the plugin. One of `file` and `source` is needed. */
export interface FastifyGrpcTenantsOptions {
  /** The tenants document: the path of a YAML or JSON file, which is trusted. */
  readonly file?: string;
  /** Or where else it comes from. */
  readonly source?: PolicySource;
  /** Where relative paths of the document start. @default the directory of `file`, else the working directory */
  readonly root?: string;
  /** What tenants may name as their policies. @default {} */
  readonly policies?: Readonly<Record<string, Policy>>;
  /** What tenants may name as their upstreams: servers of this process, targets with credentials. @default {} */
  readonly upstreams?: Readonly<Record<string, Upstream>>;
  /**
   * The targets that tenants may have as upstreams: `"pay:50051"`, `"*.internal:50051"`, `"10.0.0.7:*"`.
   * @default all for a trusted source, none but `upstreams` for others
   */
  readonly allowTargets?: readonly string[];
  /** The request header that names a tenant, lower case; false for none. @default "x-tenant-id" */
  readonly header?: string | false;
  /** Where the buckets of tenants' limits are kept: `createRedisStore({ client })` shares them. @default in memory */
  readonly store?: LimitStore;
  /** Whether calls pass while the store cannot tell, or are refused with 503. @default "allow" */
  readonly onStoreError?: OnStoreError;
  /** Whether responses have the headers `RateLimit` and `RateLimit-Policy`. @default true */
  readonly rateLimitHeaders?: boolean;
  /** Options of the gateway that serves them. */
  readonly gateway?: TenantGatewayOptions;
  /** Whether the plugin registers @fastify/cors, for `cors` of tenants. @default true */
  readonly cors?: boolean;
  /**
   * Where the documents of tenants are served, `/openapi/<tenant>.json`; false for nowhere. Needs fastify-grpc-openapi.
   * @default "/openapi"
   */
  readonly documents?: string | false;
  /** Where Swagger UI is, so that `/docs/<tenant>` leads to a tenant's document in it; false for nowhere. @default "/docs" */
  readonly ui?: string | false;
  /** How long requests of a former generation of a tenant, or of one that was removed, may go on. @default 300000 */
  readonly drainMs?: number;
  /**
   * A file to keep the latest document that became effective in. The app starts with it where the source cannot be asked,
   * or has a wrong one, and is stale then. @default none: the app does not start
   */
  readonly lastGood?: string;
  /** How often the files of tenants' APIs are looked at beside the watch of them. @default 5000 */
  readonly pollMs?: number;
}

/** Options that were read. */
export interface ResolvedOptions {
  readonly source: PolicySource;
  readonly root: string;
  readonly policies: ReadonlyMap<string, Policy>;
  readonly upstreams: ReadonlyMap<string, Upstream>;
  /** Undefined for all. */
  readonly allowTargets: readonly string[] | undefined;
  readonly header: string | false;
  readonly store: LimitStore;
  readonly onStoreError: OnStoreError;
  readonly rateLimitHeaders: boolean;
  readonly gateway: TenantGatewayOptions;
  readonly cors: boolean;
  readonly documents: string | false;
  readonly ui: string | false;
  readonly drainMs: number;
  readonly lastGood: string | undefined;
  readonly pollMs: number;
}

const optionKeys = [
  "file",
  "source",
  "root",
  "policies",
  "upstreams",
  "allowTargets",
  "header",
  "store",
  "onStoreError",
  "rateLimitHeaders",
  "gateway",
  "cors",
  "documents",
  "ui",
  "drainMs",
  "lastGood",
  "pollMs",
];

/** Reads options. Throws FST_GRPC_TENANTS_*. */
export function resolveOptions(options: FastifyGrpcTenantsOptions): ResolvedOptions {
  // Fastify adds the options of `register` itself.
  const given = readObject(options, "", [...optionKeys, "prefix", "logLevel"]);
  const { file, root, allowTargets, lastGood, header = "x-tenant-id", gateway = {} } = given;
  const {
    cors = true,
    documents = "/openapi",
    ui = "/docs",
    drainMs = 300_000,
    pollMs = 5_000,
  } = given;
  const { store = createMemoryStore(), onStoreError = "allow", rateLimitHeaders = true } = given;
  const source = readSource(given);
  const start = typeof file === "string" ? dirname(file) : ".";
  const targets =
    allowTargets === undefined ? undefined : readList(allowTargets, "allowTargets", readText);
  return {
    source,
    root: resolve(root === undefined ? start : readText(root, "root")),
    policies: readNamed<Policy>(given.policies, "policies", "a policy", isFunction),
    upstreams: readNamed<Upstream>(given.upstreams, "upstreams", "an upstream", isUpstream),
    allowTargets: targets ?? (source.trusted === true ? undefined : []),
    header: readHeader(header),
    store: readStore(store),
    onStoreError: readOnStoreError(onStoreError),
    rateLimitHeaders: readBoolean(rateLimitHeaders, "rateLimitHeaders"),
    gateway: readGateway(gateway),
    cors: readBoolean(cors, "cors"),
    documents: readPath(documents, "documents", "/openapi"),
    ui: readPath(ui, "ui", "/docs"),
    drainMs: readMilliseconds(drainMs, "drainMs", 0),
    lastGood: lastGood === undefined ? undefined : readText(lastGood, "lastGood"),
    pollMs: readMilliseconds(pollMs, "pollMs"),
  };
}

function readSource({ file, source }: Readonly<Record<string, unknown>>): PolicySource {
  if (file !== undefined && source !== undefined) {
    throw new FST_GRPC_TENANTS_OPTION("file", quote(file), "give this or source");
  }
  if (file !== undefined) return fileSource(readText(file, "file"));
  const given = source as Partial<PolicySource> | null | undefined;
  if (typeof given?.load === "function" && typeof given.watch === "function") {
    return given as PolicySource;
  }
  throw new FST_GRPC_TENANTS_OPTION(
    "source",
    quote(source),
    'give file: "tenants.yaml", or a source such as etcdSource({ key })',
  );
}

function readNamed<T>(
  value: unknown,
  path: string,
  what: string,
  accepts: (value: unknown) => boolean,
): ReadonlyMap<string, T> {
  if (value === undefined) return new Map();
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new FST_GRPC_TENANTS_OPTION(path, quote(value), `give an object: ${what} by its name`);
  }
  const entries = Object.entries(value);
  for (const [name, member] of entries) {
    if (accepts(member)) continue;
    throw new FST_GRPC_TENANTS_OPTION(`${path}.${name}`, quote(member), `give ${what}`);
  }
  return new Map(entries as [string, T][]);
}

function isFunction(value: unknown): boolean {
  return typeof value === "function";
}

/** The gateway looks closer when a tenant has it. */
function isUpstream(value: unknown): boolean {
  return (typeof value === "string" && value !== "") || (typeof value === "object" && !!value);
}

function readHeader(value: unknown): string | false {
  if (value === false) return false;
  // The field-name of RFC 9110 in lower case, as Node has headers.
  if (typeof value === "string" && /^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(value)) return value;
  throw new FST_GRPC_TENANTS_OPTION(
    "header",
    quote(value),
    'give the name of a header in lower case, such as "x-tenant-id", or false',
  );
}

function readGateway(value: unknown): TenantGatewayOptions {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new FST_GRPC_TENANTS_OPTION("gateway", quote(value), "give the options of the gateway");
  }
  if ("tenant" in value) {
    throw new FST_GRPC_TENANTS_OPTION(
      "gateway.tenant",
      quote(value.tenant),
      "leave it out: header, prefix and hosts tell the tenant",
    );
  }
  return value;
}

function readStore(value: unknown): LimitStore {
  if (typeof (value as Partial<LimitStore> | null)?.take === "function") return value as LimitStore;
  throw new FST_GRPC_TENANTS_OPTION(
    "store",
    quote(value),
    "give createRedisStore({ client }), or an object with take(demands)",
  );
}

function readOnStoreError(value: unknown): OnStoreError {
  if (value === "allow" || value === "refuse") return value;
  throw new FST_GRPC_TENANTS_OPTION("onStoreError", quote(value), 'use "allow" or "refuse"');
}

function readBoolean(value: unknown, path: string): boolean {
  if (typeof value === "boolean") return value;
  throw new FST_GRPC_TENANTS_OPTION(path, quote(value), "give true or false");
}

function readPath(value: unknown, path: string, example: string): string | false {
  if (value === false) return false;
  if (typeof value === "string" && /^(\/[\w.~-]+)+$/.test(value)) return value;
  throw new FST_GRPC_TENANTS_OPTION(
    path,
    quote(value),
    `give a path such as "${example}", or false`,
  );
}

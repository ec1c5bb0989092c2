import type { BreakerSettings, BulkheadSettings, LimitSettings } from "fastify-grpc-policies";
import type { ErrorTableConfig, JsonOptions } from "grpc-transcoding";

/** Which pages of other origins may call a tenant. */
export interface CorsSettings {
  readonly allowOrigins: readonly string[];
  readonly allowCredentials?: boolean;
  readonly allowMethods?: readonly string[];
  readonly allowHeaders?: readonly string[];
  readonly exposeHeaders?: readonly string[];
  /** Seconds. */
  readonly maxAge?: number;
}

/** A limit, which need not say by what. */
type TenantLimit = Omit<LimitSettings, "by"> & Partial<Pick<LimitSettings, "by">>;

/** One tenant, as a document has it; names in camelCase. What is left out is the gateway's. */
export interface TenantSettings {
  readonly id: string;
  readonly prefix?: string;
  /** Lower case, with a port or without. */
  readonly hosts?: readonly string[];
  readonly protoPath?: string | readonly string[];
  readonly includeDirs?: readonly string[];
  readonly descriptorSet?: string;
  readonly services?: readonly string[];
  /** The name of an upstream that the app registered, or a target. */
  readonly upstream?: string;
  readonly cors?: CorsSettings;
  /** One without `by` is for the tenant as a whole. */
  readonly limits?: Readonly<Record<string, TenantLimit>>;
  readonly breaker?: BreakerSettings;
  readonly bulkhead?: BulkheadSettings;
  readonly errors?: ErrorTableConfig;
  readonly deadline?: {
    readonly defaultMs?: number;
    readonly streamMs?: number;
    readonly maxMs?: number;
    readonly methods?: Readonly<Record<string, number>>;
  };
  readonly json?: Partial<Omit<JsonOptions, "unknownAny">>;
  readonly unknownQuery?: "reject" | "ignore" | readonly string[];
  readonly messageLimits?: {
    readonly maxBodyBytes?: number;
    readonly maxRequestBytes?: number;
    readonly maxResponseBytes?: number;
  };
  /** Whether it has a document and an entry in the Swagger UI. @default true */
  readonly docs?: boolean;
  /** Names of policies that the app registered. */
  readonly policies?: readonly string[];
}

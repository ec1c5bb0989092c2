import { defaultMaxBytes, type ResolvedLimits } from "grpc-transcoding/internal";
import type { Http2TransportOptions } from "./options.ts";
import type { PoolSettings } from "./pool/pool.ts";
import type { DialSettings } from "./target/dial.ts";
import { parseTarget, type Target } from "./target/parse-target.ts";

/** {@link Http2TransportOptions}, checked and complete. */
export interface Http2Settings {
  readonly target: Target;
  readonly authority: string;
  readonly userAgent: string;
  readonly limits: ResolvedLimits;
  readonly dial: DialSettings;
  readonly pool: Omit<PoolSettings, "dial" | "heads" | "resolve">;
}

const product = "grpc-http2-client/0.1.0";

/** Fills in the defaults. Throws an Error that names the option for a value that cannot be used. */
export function resolveSettings(options: Http2TransportOptions): Http2Settings {
  const target = parseTarget(options.target);
  const { connectTimeoutMs = 10_000, userAgent } = options;
  return {
    target,
    authority: options.authority ?? target.authority,
    userAgent: userAgent === undefined ? product : `${userAgent} ${product}`,
    limits: {
      maxRequestBytes: options.maxRequestBytes ?? defaultMaxBytes,
      maxResponseBytes: options.maxResponseBytes ?? defaultMaxBytes,
    },
    dial: { tls: undefined, connectTimeoutMs },
    pool: {
      balancing: options.balancing ?? "pick_first",
      maxConnections: options.maxConnections ?? 10,
      backoff: {
        initialMs: options.backoff?.initialMs ?? 250,
        maxMs: options.backoff?.maxMs ?? 20_000,
      },
      connection: {
        connectTimeoutMs,
        idleMs: options.idleMs ?? 300_000,
        maxAgeMs: options.maxAgeMs ?? Number.POSITIVE_INFINITY,
        keepaliveMs: options.keepaliveMs ?? Number.POSITIVE_INFINITY,
        keepaliveTimeoutMs: options.keepaliveTimeoutMs ?? 20_000,
        keepaliveWithoutCalls: options.keepaliveWithoutCalls ?? false,
      },
    },
  };
}

import { defaultMaxBytes, type ResolvedLimits } from "grpc-transcoding/internal";
import {
  checkCount,
  checkHeaderText,
  checkLimit,
  checkMs,
  checkNames,
  refuseOption,
} from "./option-checks.ts";
import type { Http2TransportOptions } from "./options.ts";
import type { BackoffSettings } from "./pool/backoff.ts";
import type { PoolSettings } from "./pool/pool.ts";
import type { DialSettings } from "./target/dial.ts";
import { parseTarget, type Target } from "./target/parse-target.ts";
import { proxyOf } from "./target/proxy.ts";
import { ClientTls } from "./tls/client-tls.ts";

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

const optionNames = [
  "target",
  "tls",
  "authority",
  "userAgent",
  "balancing",
  "maxConnections",
  "maxRequestBytes",
  "maxResponseBytes",
  "connectTimeoutMs",
  "idleMs",
  "maxAgeMs",
  "keepaliveMs",
  "keepaliveTimeoutMs",
  "keepaliveWithoutCalls",
  "backoff",
  "onUnavailable",
];

const tlsNames = ["ca", "cert", "key", "caFile", "certFile", "keyFile", "serverName"];

/** Fills in the defaults. Throws an Error that names the option for a value that cannot be used. */
export function resolveSettings(options: Http2TransportOptions): Http2Settings {
  checkNames("", options, optionNames);
  const target = parseTarget(options.target);
  const { authority, userAgent, balancing = "pick_first", maxConnections = 10 } = options;
  if (balancing !== "pick_first" && balancing !== "round_robin") {
    refuseOption("balancing", balancing, '"pick_first" or "round_robin"');
  }
  const { maxRequestBytes = defaultMaxBytes, maxResponseBytes = defaultMaxBytes } = options;
  const connection = connectionSettings(options);
  return {
    target,
    authority: authority === undefined ? target.authority : checkHeaderText("authority", authority),
    userAgent:
      userAgent === undefined ? product : `${checkHeaderText("userAgent", userAgent)} ${product}`,
    limits: {
      maxRequestBytes: checkLimit("maxRequestBytes", maxRequestBytes),
      maxResponseBytes: checkLimit("maxResponseBytes", maxResponseBytes),
    },
    dial: {
      tls: tlsOf(options.tls, target),
      proxy: proxyOf(target),
      connectTimeoutMs: connection.connectTimeoutMs,
    },
    pool: {
      balancing,
      maxConnections: checkCount("maxConnections", maxConnections, 1),
      backoff: backoffOf(options.backoff),
      connection,
    },
  };
}

function connectionSettings(options: Http2TransportOptions): PoolSettings["connection"] {
  const { POSITIVE_INFINITY: never } = Number;
  const finite = { mayBeInfinite: false };
  const any = { mayBeInfinite: true };
  const { keepaliveWithoutCalls = false } = options;
  if (typeof keepaliveWithoutCalls !== "boolean") {
    refuseOption("keepaliveWithoutCalls", keepaliveWithoutCalls, "true or false");
  }
  return {
    connectTimeoutMs: checkMs("connectTimeoutMs", options.connectTimeoutMs ?? 10_000, finite),
    idleMs: checkMs("idleMs", options.idleMs ?? 300_000, any),
    maxAgeMs: checkMs("maxAgeMs", options.maxAgeMs ?? never, any),
    keepaliveMs: checkMs("keepaliveMs", options.keepaliveMs ?? never, any),
    keepaliveTimeoutMs: checkMs("keepaliveTimeoutMs", options.keepaliveTimeoutMs ?? 20_000, finite),
    keepaliveWithoutCalls,
  };
}

function backoffOf(backoff: Http2TransportOptions["backoff"] = {}): BackoffSettings {
  checkNames("backoff.", backoff, ["initialMs", "maxMs"]);
  const { initialMs = 250, maxMs = 20_000 } = backoff;
  const finite = { mayBeInfinite: false };
  return {
    initialMs: checkMs("backoff.initialMs", initialMs, finite),
    maxMs: checkMs("backoff.maxMs", maxMs, finite),
  };
}

function tlsOf(tls: Http2TransportOptions["tls"], { host }: Target): DialSettings["tls"] {
  if (tls === undefined || tls === false) return undefined;
  if (tls !== true && (typeof tls !== "object" || tls === null)) {
    refuseOption("tls", tls, "true or { ca, cert, key, caFile, certFile, keyFile, serverName }");
  }
  if (tls !== true) checkNames("tls.", tls, tlsNames);
  const client = new ClientTls(tls === true ? {} : tls, host);
  return () => client.connectionOptions();
}

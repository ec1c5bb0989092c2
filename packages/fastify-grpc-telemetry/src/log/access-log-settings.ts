import { read, readSwitch } from "../option/read.ts";

/** What stands in the line of a call beside the usual. */
export interface AccessLogOptions {
  /** Request headers that are logged. Secrets are not, even if named: authorization, cookie, x-api-key, `*-bin`. @default [] */
  readonly headers?: readonly string[];
  /** Whether the caller's identity is logged: of an object its `sub`. `"hash"` is an HMAC-SHA256 by `hashKey`. @default false */
  readonly identity?: boolean | "hash";
  /** The key of hashed identities; the same in all processes whose logs are read together. */
  readonly hashKey?: string;
  /** Whether lines are written where `disableRequestLogging` takes Fastify's own away. @default false */
  readonly always?: boolean;
}

/** Options that were read. */
export interface AccessLogSettings {
  /** In lower case. */
  readonly headers: readonly string[];
  readonly identity: boolean | "hash";
  readonly hashKey: string;
  readonly always: boolean;
}

/** Reads the option `accessLog`; undefined: there is none. Throws FST_GRPC_TELEMETRY_*. */
export function readAccessLog(value: unknown = false): AccessLogSettings | undefined {
  if (value === false) return undefined;
  const keys = ["headers", "identity", "hashKey", "always"];
  const given = read.object(value === true ? {} : value, "accessLog", keys);
  const { headers = [], identity = false, hashKey, always = false } = given;
  if (identity === "hash" && hashKey === undefined) {
    throw read.refusal(
      "accessLog.identity",
      identity,
      "give accessLog.hashKey as well: a hash without a secret key is found by trying names",
    );
  }
  return {
    headers: read.list(headers, "accessLog.headers", read.text).map((name) => name.toLowerCase()),
    identity: readSwitch(identity, "accessLog.identity", "hash"),
    hashKey: read.optional(hashKey, "accessLog.hashKey", read.text) ?? "",
    always: read.boolean(always, "accessLog.always"),
  };
}

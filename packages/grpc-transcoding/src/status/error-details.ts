/// <reference lib="es2024.string" />
import { JsonError } from "../json/json-codec.ts";
import { type RpcType, rpcType } from "./rpc-types.ts";
import type { StatusDetail } from "./status.ts";

/** One entry of google.rpc.BadRequest. */
export interface FieldViolation {
  /** Path of the field: `book.author_id`, `items[3].name`. */
  readonly field: string;
  readonly description: string;
  /** UPPER_SNAKE_CASE, unique within the ErrorInfo's domain. */
  readonly reason?: string;
  readonly localizedMessage?: LocalizedMessage;
}

/** What a google.rpc.ErrorInfo says: why, and whose vocabulary that is (AIP-193). */
export interface ErrorInfo {
  /** UPPER_SNAKE_CASE, at most 63 characters. */
  readonly reason: string;
  /** The service that defines the reason, for example `"library.example.com"`. */
  readonly domain: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A message for users in one language. */
export interface LocalizedMessage {
  /** BCP 47: `"de-CH"`. */
  readonly locale: string;
  readonly message: string;
}

/** One entry of google.rpc.QuotaFailure; 64-bit numbers are decimal text. */
export interface QuotaViolation {
  readonly subject: string;
  readonly description: string;
  readonly apiService?: string;
  readonly quotaMetric?: string;
  readonly quotaId?: string;
  readonly quotaDimensions?: Readonly<Record<string, string>>;
  readonly quotaValue?: string;
  readonly futureQuotaValue?: string;
}

/** The messages of google/rpc/error_details.proto as JSON, by their names. */
export interface RpcDetails {
  readonly ErrorInfo: ErrorInfo;
  readonly BadRequest: { readonly fieldViolations: readonly FieldViolation[] };
  /** A Duration as JSON: `"1.5s"`. */
  readonly RetryInfo: { readonly retryDelay: string };
  readonly QuotaFailure: { readonly violations: readonly QuotaViolation[] };
  readonly PreconditionFailure: {
    readonly violations: readonly {
      readonly type: string;
      readonly subject: string;
      readonly description: string;
    }[];
  };
  readonly LocalizedMessage: LocalizedMessage;
  readonly Help: {
    readonly links: readonly { readonly description: string; readonly url: string }[];
  };
  readonly RequestInfo: { readonly requestId: string; readonly servingData?: string };
  readonly ResourceInfo: {
    readonly resourceType: string;
    readonly resourceName: string;
    readonly owner?: string;
    readonly description?: string;
  };
  readonly DebugInfo: { readonly stackEntries: readonly string[]; readonly detail?: string };
}

/** The domain of the ErrorInfo of every failure that a gateway itself decides. */
export const gatewayDomain = "fastify-grpc-gateway";

/** A detail of a google.rpc type from its JSON: `rpcDetail("Help", { links: [...] })`. Throws a JsonError for a value that is not it. */
export function rpcDetail<T extends keyof RpcDetails>(type: T, value: RpcDetails[T]): StatusDetail {
  const rpc = rpcType(type);
  if (rpc === undefined) throw new TypeError(`there is no message google.rpc.${type}`);
  const { buffer, byteOffset, length } = encodeRepaired(rpc, value);
  return { typeUrl: rpc.typeUrl, value: new Uint8Array(buffer, byteOffset, length) };
}

/** Descriptions quote what clients sent: an unpaired surrogate, which has no UTF-8, must not fail. */
function encodeRepaired({ encode }: RpcType, value: unknown): Uint8Array {
  try {
    return encode(value);
  } catch (error) {
    if (error instanceof JsonError) return encode(wellFormed(value));
    throw error;
  }
}

/** A google.rpc.BadRequest. */
export function badRequestDetail(violations: readonly FieldViolation[]): StatusDetail {
  return rpcDetail("BadRequest", { fieldViolations: violations });
}

/** A google.rpc.ErrorInfo. */
export function errorInfoDetail(info: ErrorInfo): StatusDetail {
  return rpcDetail("ErrorInfo", info);
}

// google/protobuf/duration.proto allows about 10,000 years.
const maxDelayMs = 315_576_000_000_000;

/** A google.rpc.RetryInfo: the client should wait this long before it tries again. */
export function retryInfoDetail(delayMs: number): StatusDetail {
  const seconds = Math.min(Math.max(delayMs, 0), maxDelayMs) / 1000;
  return rpcDetail("RetryInfo", { retryDelay: `${seconds.toFixed(9)}s` });
}

function wellFormed(value: unknown): unknown {
  if (typeof value === "string") return value.toWellFormed();
  if (Array.isArray(value)) return value.map(wellFormed);
  if (typeof value !== "object" || value === null) return value;
  const members: Record<string, unknown> = {};
  for (const key of Object.keys(value)) members[key] = wellFormed((value as typeof members)[key]);
  return members;
}

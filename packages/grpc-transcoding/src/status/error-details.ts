/// <reference lib="es2024.string" />
import { JsonError } from "../json/json-codec.ts";
import type { StatusDetail } from "../model/status.ts";
import { type RpcType, rpcType } from "./rpc-types.ts";

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

/**
 * A detail of a google.rpc type, by its name or full name, from its JSON: `rpcDetail("Help", { links: [...] })`.
 * Throws a TypeError for a name that is not there, or a value that is not it.
 */
export function rpcDetail<T extends keyof RpcDetails>(
  type: T | `google.rpc.${T}`,
  value: RpcDetails[T],
): StatusDetail {
  const usage = 'rpcDetail(type, value) takes a message of google.rpc, as "Help", and its JSON';
  const name = String(type).replace(/^google\.rpc\./, "");
  return detailOf(name, value, usage);
}

function detailOf(type: string, value: unknown, usage: string): StatusDetail {
  const rpc = rpcType(type);
  if (rpc === undefined) throw new TypeError(`${usage}: there is no message google.rpc.${type}`);
  if (!isObject(value)) throw new TypeError(`${usage}: the value is no object`);
  try {
    const { buffer, byteOffset, length } = encodeRepaired(rpc, value);
    return { typeUrl: rpc.typeUrl, value: new Uint8Array(buffer, byteOffset, length) };
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new TypeError(`${usage}: ${error.message}`, { cause: error });
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
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

/** A google.rpc.BadRequest. Throws a TypeError for anything but a list of violations. */
export function badRequestDetail(violations: readonly FieldViolation[]): StatusDetail {
  const usage = "badRequestDetail(violations) takes a list of { field, description }";
  if (!Array.isArray(violations)) throw new TypeError(`${usage}: the value is no list`);
  return detailOf("BadRequest", { fieldViolations: violations }, usage);
}

/** A google.rpc.ErrorInfo. Throws a TypeError for anything but an {@link ErrorInfo}. */
export function errorInfoDetail(info: ErrorInfo): StatusDetail {
  const usage = "errorInfoDetail(info) takes { reason, domain, metadata? }";
  if (typeof info?.reason !== "string" || typeof info.domain !== "string") {
    throw new TypeError(`${usage}: reason and domain must be texts`);
  }
  return detailOf("ErrorInfo", info, usage);
}

// google/protobuf/duration.proto allows about 10,000 years.
const maxDelayMs = 315_576_000_000_000;

/** A google.rpc.RetryInfo: the client should wait this long before it tries again. Throws a TypeError for anything but a number. */
export function retryInfoDetail(delayMs: number): StatusDetail {
  const usage = "retryInfoDetail(delayMs) takes milliseconds";
  if (typeof delayMs !== "number" || Number.isNaN(delayMs)) {
    throw new TypeError(`${usage}: the value is no number`);
  }
  const seconds = Math.min(Math.max(delayMs, 0), maxDelayMs) / 1000;
  return detailOf("RetryInfo", { retryDelay: `${seconds.toFixed(9)}s` }, usage);
}

function wellFormed(value: unknown): unknown {
  if (typeof value === "string") return value.toWellFormed();
  if (Array.isArray(value)) return value.map(wellFormed);
  if (typeof value !== "object" || value === null) return value;
  const members: Record<string, unknown> = {};
  for (const key of Object.keys(value)) members[key] = wellFormed((value as typeof members)[key]);
  return members;
}

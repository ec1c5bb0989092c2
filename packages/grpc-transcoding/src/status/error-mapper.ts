import type { JsonOptions } from "../json/json-codec.ts";
import type { Code, CodeName } from "../model/code.ts";
import type { Failure } from "../model/failure.ts";
import type { MethodSchema, Schema } from "../model/schema.ts";

/** What is known of the request when a failure is answered. Absent members are unknown. */
export interface ErrorContext {
  readonly method?: MethodSchema;
  readonly tenant?: string;
  readonly requestId?: string;
  /** The request's path without its query, for `instance` of RFC 9457. */
  readonly path?: string;
  /** The request's `Accept` and `Accept-Language` headers, as they came. */
  readonly accept?: string;
  readonly acceptLanguage?: string;
  /** The schema of the gateway that answers: resolves the types of details. */
  readonly schema?: Schema;
  /** How that gateway prints JSON; details are printed alike. */
  readonly json?: JsonOptions;
  /** The body becomes the `error` member of a stream's last element, because the response has begun. */
  readonly inStream?: boolean;
  /** The methods that the request's path has, asked only for an answer 405 without an `allow` header. */
  readonly allow?: () => readonly string[];
}

/** An HTTP answer for a failure. Header names are lower case; `body` is complete text, JSON by default. */
export interface HttpError {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One documented failure of a method: the source of an OpenAPI response. */
export interface ErrorResponse {
  readonly statusCode: number;
  readonly code: CodeName;
  readonly message: string;
  /** google.rpc.ErrorInfo.reason and domain, where the method declares them. */
  readonly reason?: string;
  readonly domain?: string;
  /** The request fields that the error is about. */
  readonly details: readonly string[];
  /** Full names of the detail messages that come along. */
  readonly detailTypes: readonly string[];
  /** Header names that the answer carries, lower case: `retry-after`, `allow`, `www-authenticate`. */
  readonly headers: readonly string[];
}

/** The body formats that a mapper can answer with; OpenAPI documents each of them. */
export type ErrorBodyFormat = "status" | "google" | "problem";

/** The one table that decides how every failure looks over HTTP, and how it is documented. */
export interface ErrorMapper {
  toHttp(failure: Failure, context: ErrorContext): HttpError;
  /** The declared failures of a method with the HTTP status that the table gives them. */
  responsesOf(method: MethodSchema): readonly ErrorResponse[];
  /** The formats that {@link toHttp} may answer with, the default first. */
  readonly bodyFormats: readonly ErrorBodyFormat[];
  /** What an HTTP error of a hook or policy is to native gRPC clients. Absent: `codeOfHttpStatus`. */
  codeOf?(statusCode: number): Code;
  /** Grows whenever {@link responsesOf} or {@link bodyFormats} may answer differently; absent: never. */
  readonly revision?: number;
}

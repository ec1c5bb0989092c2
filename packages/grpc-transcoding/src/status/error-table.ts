import type { Code, CodeName } from "../model/code.ts";
import type { Failure } from "../model/failure.ts";
import type { ErrorBodyFormat, ErrorContext, ErrorMapper } from "./error-mapper.ts";

/** Which failures a rule is for: all conditions that are given must hold, and one must be given. */
export interface ErrorCondition {
  readonly tenant?: string;
  /** `"acme.v1.Library/GetBook"`, or a prefix: `"acme.v1.Library/*"`, `"acme.v1.*"`. */
  readonly method?: string;
  /** google.rpc.ErrorInfo.domain. Only a rule that names the domain `fastify-grpc-gateway` is for the gateway's own failures. */
  readonly domain?: string;
  /** google.rpc.ErrorInfo.reason, UPPER_SNAKE_CASE. */
  readonly reason?: string;
  /** The full name of a detail's message: `"google.rpc.BadRequest"`. */
  readonly detail?: string;
  /** By name or number; OK is no failure. */
  readonly code?: CodeName | number;
}

/** What a rule changes in the answer; each member is decided by the most specific rule that has it. */
export interface ErrorOutcome {
  /** 400 to 599. */
  readonly status?: number;
  /** Replaces the service's message. */
  readonly message?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly stripDetails?: boolean;
}

/** One row of an error table. */
export interface ErrorRule {
  readonly when: ErrorCondition;
  readonly then: ErrorOutcome;
}

/** An error that a method declares by configuration instead of in its proto. */
export interface ErrorDeclarationConfig {
  readonly code: CodeName | number;
  readonly reason?: string;
  readonly domain?: string;
  readonly message?: string;
  readonly details?: readonly string[];
  readonly detailTypes?: readonly string[];
  readonly retryable?: boolean;
}

/** An error table as plain data, so that it may come from YAML or JSON. */
export interface ErrorTableConfig {
  /**
   * The table under all rules: `google` is that of google/rpc/code.proto; `rest` answers 422 for
   * FAILED_PRECONDITION and for INVALID_ARGUMENT with a BadRequest. @default "google"
   */
  readonly preset?: "google" | "rest";
  /** HTTP status by code name or number; OK is no failure. */
  readonly codes?: Readonly<Partial<Record<Exclude<CodeName, "OK"> | Exclude<Code, 0>, number>>>;
  readonly rules?: readonly ErrorRule[];
  /** gRPC code by HTTP status, for errors of hooks and policies as native gRPC clients see them. */
  readonly http?: Readonly<Record<string, CodeName | number>>;
  /** `auto`: problem details for clients that accept them, google.rpc.Status for all others. @default "status" */
  readonly body?: ErrorBodyFormat | "auto";
  /** Sends DebugInfo and internal messages. Never in production. @default false */
  readonly debug?: boolean;
  /** Replaces the messages of UNKNOWN, INTERNAL and DATA_LOSS. @default true */
  readonly maskInternal?: boolean;
  /** The ErrorInfo domain of declared errors that name none. */
  readonly domain?: string;
  /** All tenants that rules may name; without it their names cannot be checked. */
  readonly tenants?: readonly string[];
  /** Errors that methods declare, by `"acme.v1.Library/GetBook"` or a prefix as in rules. */
  readonly methods?: Readonly<Record<string, readonly ErrorDeclarationConfig[]>>;
}

/** Which entry of the table decides a failure's HTTP status, and why. */
export interface ErrorExplanation {
  readonly statusCode: number;
  /** An option path: `"rules[2]"`, `"codes.NOT_FOUND"`, `"preset rest"`, `"failure"` for one that demands its own status, `"origin upstream"`. */
  readonly decidedBy: string;
  readonly why: string;
  /** The option paths of all entries that match, the most specific first. */
  readonly matched: readonly string[];
}

/** An error mapper whose table can be replaced and asked: the decorator `fastify.grpcErrors`. */
export interface ErrorTable extends ErrorMapper {
  /** Checks and compiles a whole table and swaps it at once. Throws `FST_GRPC_ERRORS_*` and keeps the old one. */
  reload(config: ErrorTableConfig): void;
  /** Takes a {@link Failure}, or anything thrown: an error of a client, of Fastify, a StatusError. */
  explain(failure: unknown, context?: ErrorContext): ErrorExplanation;
  codeOf(statusCode: number): Code;
  /** Grows with every reload. */
  readonly revision: number;
}

import type { FastifyReply, FastifyRequest } from "fastify";
import type { ErrorMapper, Failure, Policy, Schema } from "grpc-transcoding";
import { answerCall } from "../call/answer-call.ts";
import { type CallRuntime, createCallRuntime } from "../call/call-runtime.ts";
import { guardRequests, type RequestGuard } from "../guard/guard-request.ts";
import type { LogsRequest } from "../logging/request-logging.ts";
import type { PathPolicies } from "../mount/mounted-route.ts";
import { findSelection, type Responder, selectionOf } from "../mount/route-selection.ts";
import { routingFailure } from "../mount/routing-failure.ts";
import { stripPrefix } from "../mount/url-prefix.ts";
import type { ResolvedOptions } from "../options/resolved-options.ts";
import { answerFailure, type FailureAnswers, mapFailure } from "./answer-failure.ts";

/** What requests are answered with. */
export interface ResponderParts {
  readonly options: ResolvedOptions;
  /** As they are now: they may become more. */
  readonly policies: () => readonly Policy<FastifyRequest>[];
  /** Known once the app is ready. */
  readonly mapper: () => ErrorMapper;
  readonly maxBodyBytes: number;
  readonly logsRequest: LogsRequest;
}

/** Answers requests by one set of options, policies and errors, whatever routes they were matched on. */
export class GatewayResponder implements Responder, FailureAnswers {
  readonly maxBodyBytes: number;
  readonly pathPolicies: PathPolicies;
  readonly #parts: ResponderParts;
  readonly #runtime: CallRuntime;

  constructor(parts: ResponderParts) {
    this.#parts = parts;
    this.maxBodyBytes = parts.maxBodyBytes;
    const guard = guardRequests(parts.policies, (request, deadline) =>
      this.#runtime.deadline(request, deadline),
    );
    this.pathPolicies = this.#pathPolicies(guard);
    this.#runtime = createCallRuntime(parts.options, {
      guard,
      maxBodyBytes: parts.maxBodyBytes,
      logsRequest: parts.logsRequest,
      streamError: (failure, request) => mapFailure(this, failure, request, true).body,
    });
  }

  get mapper(): ErrorMapper {
    return this.#parts.mapper();
  }

  get json(): ResolvedOptions["json"] {
    return this.#parts.options.json;
  }

  get challenge(): ResolvedOptions["challenge"] {
    return this.#parts.options.challenge;
  }

  get logsRequest(): LogsRequest {
    return this.#parts.logsRequest;
  }

  serve(request: FastifyRequest, reply: FastifyReply): void {
    const { match } = selectionOf(request.raw);
    if (match.status !== 200) {
      throw routingFailure(match, request.method, this.#parts.options.wrongMethod);
    }
    if (match.route.kind !== "rpc") throw new Error("a path handler's request reached an rpc");
    answerCall(this.#runtime, match.route, request, reply, match.captures);
  }

  fail(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    answerFailure(this, error, request, reply);
  }

  /** As grpc-gateway has it (runtime/handler.go, handleForwardResponseStreamError): failures of calls, not of requests. */
  wrapsFailure({ raw }: FastifyRequest, { origin }: Failure): boolean {
    if (this.#parts.options.streamEnvelope !== "result" || origin === "gateway") return false;
    const match = findSelection(raw)?.match;
    return (
      match?.status === 200 &&
      match.route.kind === "rpc" &&
      match.route.binding.method.serverStreaming
    );
  }

  tenant({ raw }: FastifyRequest): string | undefined {
    return selectionOf(raw).tenant;
  }

  schemaOf({ raw }: FastifyRequest): Schema {
    return selectionOf(raw).served.routing.schema;
  }

  otherMethods({ raw, method }: FastifyRequest): readonly string[] {
    const { prefix, served } = selectionOf(raw);
    const rest = stripPrefix(prefix, raw.url ?? "");
    // No route has this method, so the table names those that the path has.
    const match = rest === undefined ? undefined : served.routing.table.match("", rest);
    return match?.status === 405 ? match.allow.filter((other) => other !== method) : [];
  }

  setResponseHeaders(...args: Parameters<CallRuntime["setResponseHeaders"]>): void {
    this.#runtime.setResponseHeaders(...args);
  }

  /** A refusal is the error table's, whatever the handler's scope has. */
  #pathPolicies(guard: RequestGuard): PathPolicies {
    return {
      get isOpen() {
        return guard.isOpen;
      },
      admit: (request, reply) =>
        new Promise((resolve) => {
          const refused = (error: unknown): void => {
            answerFailure(this, error, request, reply);
            resolve(false);
          };
          const answered = (): void => resolve(false);
          guard.admit(request, reply, () => resolve(true), refused, answered);
        }),
    };
  }
}

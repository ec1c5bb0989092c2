import type { FastifyReply, FastifyRequest } from "fastify";
import {
  type AuthContext,
  type CallContext,
  type CalledMethod,
  type Deadline,
  type HttpBinding,
  type Policy,
  type PolicyCall,
  StatusError,
} from "grpc-transcoding";
import {
  type Admission,
  type MetadataChanges,
  type MethodDeadline,
  runPolicies,
} from "grpc-transcoding/internal";
import { type Selection, selectionOf } from "../mount/route-selection.ts";
import { authContextOf } from "./auth-context.ts";
import { peerOfSocket } from "./peer.ts";
import { lowerCaseHeaders } from "./request-headers.ts";
import { contextOf } from "./request-rpc.ts";

/** The policies of a gateway, for requests of HTTP. */
export interface RequestGuard {
  /** Whether there is any: asking nobody costs nothing. */
  readonly isOpen: boolean;
  /**
   * Asks them. Calls back with the changes that they made to the call's metadata, or with the refusal; at once,
   * unless one of them needs time. Where one has answered itself, `answered` is called.
   */
  admit(
    request: FastifyRequest,
    reply: FastifyReply,
    passed: (changes: MetadataChanges | undefined) => void,
    refused: (error: StatusError) => void,
    answered?: () => void,
  ): void;
}

type DeadlineOf = (request: FastifyRequest, method: MethodDeadline) => Deadline;

/** `policies` are asked for with each request: they may become more. */
export function guardRequests(
  policies: () => readonly Policy<FastifyRequest>[],
  deadlineOf: DeadlineOf,
): RequestGuard {
  return {
    get isOpen() {
      return policies().length === 0;
    },
    admit(request, reply, passed, refused, answered) {
      const obey = ({ refuse, answered: isAnswered, metadata }: Admission): void => {
        if (refuse !== undefined) refused(StatusError.from(refuse));
        else if (isAnswered) answered?.();
        else passed(metadata);
      };
      const call = new RequestCall(request, reply, deadlineOf);
      const verdict = runPolicies(policies(), call, (error) =>
        request.log.error({ err: error }, "a policy failed"),
      );
      if (verdict instanceof Promise) void verdict.then(obey);
      else obey(verdict);
    },
  };
}

/** What policies see of a request; most look at little of it, so that the rest is made when it is asked for. */
class RequestCall implements PolicyCall<FastifyRequest> {
  readonly protocol = "http";
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly #selection: Selection;
  readonly #deadlineOf: DeadlineOf;
  #headers: PolicyCall["headers"] | undefined;

  constructor(request: FastifyRequest, reply: FastifyReply, deadlineOf: DeadlineOf) {
    this.request = request;
    this.reply = reply;
    this.#deadlineOf = deadlineOf;
    this.#selection = selectionOf(request.raw);
  }

  get method(): CalledMethod | undefined {
    const method = this.binding?.method;
    return method && { path: method.path, service: method.service.name, name: method.name };
  }

  get binding(): HttpBinding | undefined {
    const { match } = this.#selection;
    return match.status === 200 && match.route.kind === "rpc" ? match.route.binding : undefined;
  }

  get deadline(): Deadline | undefined {
    const { match } = this.#selection;
    if (match.status !== 200 || match.route.kind !== "rpc") return undefined;
    return this.#deadlineOf(this.request, match.route.deadline);
  }

  get gateway(): string {
    return this.#selection.mount.name;
  }

  get tenant(): string | undefined {
    return this.#selection.tenant;
  }

  get headers(): PolicyCall["headers"] {
    this.#headers ??= lowerCaseHeaders(this.request.headers);
    return this.#headers;
  }

  get rawHeaders(): readonly string[] {
    return this.request.raw.rawHeaders;
  }

  get authContext(): AuthContext | undefined {
    return authContextOf(this.request.raw.socket);
  }

  get peer(): string {
    return peerOfSocket(this.request.raw.socket);
  }

  get context(): CallContext {
    return contextOf(this.#selection, this.request);
  }

  get identity(): unknown {
    return this.context.identity;
  }
}

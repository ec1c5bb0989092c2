import type { FastifyRequest } from "fastify";
import {
  type Admission,
  type MetadataChanges,
  type Policy,
  type PolicyCall,
  runPolicies,
  StatusError,
} from "grpc-transcoding";
import { peerOfSocket } from "./peer.ts";
import { requestRpc } from "./request-rpc.ts";

/** The policies of a gateway, for requests of HTTP. */
export interface RequestGuard {
  /** Whether there is any: asking nobody costs nothing. */
  readonly isOpen: boolean;
  /**
   * Asks them. Calls back with the changes that they made to the call's metadata, or with the refusal; at once,
   * unless one of them needs time.
   */
  admit(
    request: FastifyRequest,
    passed: (changes: MetadataChanges | undefined) => void,
    refused: (error: StatusError) => void,
  ): void;
}

/** `policies` is live: it may grow. */
export function guardRequests(policies: readonly Policy<FastifyRequest>[]): RequestGuard {
  return {
    get isOpen() {
      return policies.length === 0;
    },
    admit(request, passed, refused) {
      const obey = ({ refuse, metadata }: Admission): void => {
        if (refuse === undefined) passed(metadata);
        else refused(StatusError.from(refuse));
      };
      const verdict = runPolicies(policies, policyCall(request), (error) =>
        request.log.error({ err: error }, "a policy failed"),
      );
      if (verdict instanceof Promise) void verdict.then(obey);
      else obey(verdict);
    },
  };
}

function policyCall(request: FastifyRequest): PolicyCall<FastifyRequest> {
  const rpc = requestRpc(request);
  if (rpc === null) throw new Error("policies were asked for a request that calls nothing");
  const { context, gateway, tenant, binding } = rpc;
  return {
    protocol: "http",
    method:
      rpc.kind === "path"
        ? undefined
        : { path: `/${rpc.service}/${rpc.method}`, service: rpc.service, name: rpc.method },
    binding,
    gateway,
    tenant,
    headers: request.headers,
    peer: peerOfSocket(request.raw.socket),
    get identity() {
      return context.identity;
    },
    context,
    request,
  };
}

import type { FastifyReply, FastifyRequest } from "fastify";
import {
  Code,
  type MethodSchema,
  type Policy,
  type PolicyCall,
  StatusError,
  type TransportCall,
  type Verdict,
} from "grpc-transcoding";
import { failureFromError, outlivesClient } from "grpc-transcoding/internal";
import { answerOf, replay } from "../answer/answer.ts";
import { type Outcome, outcomeOfCall } from "../answer/outcome.ts";
import {
  callRefusal,
  inFlight,
  keyMalformed,
  keyRequired,
  keyReused,
  outcomeUnknown,
  type Refusal,
  replayUnavailable,
  unchecked,
} from "../answer/refusals.ts";
import type { Claimed, KeyedRequests } from "../check/keyed-requests.ts";
import { entryId } from "../key/entry-id.ts";
import { messageFingerprint } from "../key/fingerprint.ts";
import { keyHeader, parseKey } from "../key/parse-key.ts";
import { principalOf } from "../key/principal.ts";
import type { ResolvedOptions } from "../options.ts";
import { documentedHeaders, documentedResponses } from "./document.ts";
import { isGone } from "./is-gone.ts";
import { watchAnswer } from "./watch-answer.ts";

/** A call of a binding, with the key that its client gave. */
interface KeyedCall {
  readonly call: PolicyCall;
  readonly method: MethodSchema;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly key: string;
  readonly id: string;
}

/**
 * The policy by which a gateway's calls over HTTP run once for each key. It stands behind all others: what they refuse
 * takes no key, and what they count has replays in it. Native calls pass; their key goes on to the service.
 */
export function callPolicy(options: ResolvedOptions, requests: KeyedRequests): Policy {
  const { methods, principal, leaseGraceMs } = options;

  const policy: Policy = (call) => {
    const { binding, headers } = call;
    if (binding === undefined || call.reply === undefined) return undefined;
    const rule = methods.of(binding.method);
    if (rule === false) return undefined;
    const given = headers[keyHeader];
    if (given === undefined) return rule === "required" ? refuseBy(keyRequired) : undefined;
    const key = typeof given === "string" ? parseKey(given) : undefined;
    if (key === undefined) return refuseBy(keyMalformed);
    const request = call.request as FastifyRequest;
    const reply = call.reply as FastifyReply;
    const id = entryId({
      gateway: call.gateway,
      tenant: call.tenant,
      principal: principalOf(request, call.identity, principal),
      method: binding.method.path,
      key,
    });
    const keyed: KeyedCall = { call, method: binding.method, request, reply, key, id };
    const claimed = requests.claim({
      id,
      fingerprint: messageFingerprint(request),
      leaseMs: leaseOf(call),
      isGone: () => isGone(request, reply),
    });
    return claimed instanceof Promise
      ? claimed.then((one) => obey(keyed, one))
      : obey(keyed, claimed);
  };

  function leaseOf({ deadline }: PolicyCall): number {
    const leftMs = (deadline?.at ?? Number.POSITIVE_INFINITY) - Date.now();
    return Number.isFinite(leftMs) ? Math.max(0, leftMs) + leaseGraceMs : options.leaseMs;
  }

  function obey(keyed: KeyedCall, claimed: Claimed): Verdict {
    switch (claimed.state) {
      case "begun":
        return execute(keyed, claimed.owner);
      case "done":
        if (claimed.answer.body === undefined) return refuseBy(replayUnavailable);
        replay(keyed.reply, claimed.answer);
        return { answered: true };
      case "gone":
        return keyed.reply.sent ? { answered: true } : { refuse: clientGone };
      default:
        return refuseBy(refusals[claimed.state]);
    }
  }

  function execute(keyed: KeyedCall, owner: string | undefined): Verdict {
    const { call, reply, key } = keyed;
    if (owner !== undefined) {
      call.context.set(outlivesClient, true);
      const before = reply.getHeaders();
      watchAnswer(reply, ({ payload, error }) => {
        const outcome = outcomeOf(keyed, error);
        const { pickHeaders, maxBodyBytes } = options;
        if (outcome === "free") requests.settle(keyed.id, owner, undefined);
        else if (outcome === "unknown") requests.settle(keyed.id, owner, outcome);
        else {
          const answer = answerOf(reply, payload, pickHeaders(reply, before), maxBodyBytes);
          requests.settle(keyed.id, owner, answer);
        }
      });
    }
    return { metadata: { [keyHeader]: key } };
  }

  function outcomeOf({ request, reply }: KeyedCall, error: unknown): Outcome {
    const { grpcCall } = request as { readonly grpcCall?: TransportCall | null };
    return outcomeOfCall({
      statusCode: reply.statusCode,
      failure: error === undefined ? undefined : failureFromError(error),
      call: grpcCall ?? undefined,
      notExecuted: options.notExecuted,
    });
  }

  return Object.assign(policy, {
    responsesOf: (method: MethodSchema) => documentedResponses(methods.of(method)),
    headersOf: (method: MethodSchema) => documentedHeaders(methods.of(method)),
  });
}

const refusals = {
  "in-flight": inFlight,
  unknown: outcomeUnknown,
  mismatch: keyReused,
  unchecked,
} as const;

function refuseBy(refusal: Refusal): Verdict {
  return { refuse: callRefusal(refusal) };
}

const clientGone = new StatusError(Code.CANCELLED, "the HTTP client closed the connection", {
  origin: "transport",
});

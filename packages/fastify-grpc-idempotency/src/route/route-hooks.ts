import type {
  FastifyRequest,
  onSendHookHandler,
  preHandlerHookHandler,
  RouteOptions,
} from "fastify";
import { answerOf, replay } from "../answer/answer.ts";
import { outcomeOfStatus } from "../answer/outcome.ts";
import {
  inFlight,
  keyMalformed,
  keyRequired,
  keyReused,
  outcomeUnknown,
  RefusedRequest,
  replayUnavailable,
  unchecked,
} from "../answer/refusals.ts";
import { isGone } from "../call/is-gone.ts";
import type { Claimed, KeyedRequests } from "../check/keyed-requests.ts";
import { entryId } from "../key/entry-id.ts";
import { requestFingerprint } from "../key/fingerprint.ts";
import { keyHeader, parseKey } from "../key/parse-key.ts";
import { principalOf } from "../key/principal.ts";
import type { ResolvedOptions } from "../options.ts";
import type { StoredAnswer } from "../store/idempotency-store.ts";

/** Puts hooks on the hand-written routes that take keys. */
export function routeHooks(
  options: ResolvedOptions,
  requests: KeyedRequests,
): (route: RouteOptions) => void {
  const { routes, principal, leaseMs, pickHeaders, maxBodyBytes } = options;
  /** Attempts that run, and answers that are sent again. */
  const running = new WeakMap<FastifyRequest, { readonly id: string; readonly owner: string }>();
  const replays = new WeakMap<FastifyRequest, StoredAnswer>();

  const begin =
    (isRequired: boolean): preHandlerHookHandler =>
    (request, reply, done) => {
      const given = request.headers[keyHeader];
      if (given === undefined) {
        done(isRequired ? new RefusedRequest(keyRequired) : undefined);
        return;
      }
      const key = typeof given === "string" ? parseKey(given) : undefined;
      if (key === undefined) {
        done(new RefusedRequest(keyMalformed));
        return;
      }
      const id = entryId({
        gateway: "",
        tenant: undefined,
        principal: principalOf(request, undefined, principal),
        method: `${request.method} ${request.routeOptions.url}`,
        key,
      });
      const obey = (claimed: Claimed): void => {
        if (claimed.state === "begun") {
          if (claimed.owner !== undefined) running.set(request, { id, owner: claimed.owner });
          done();
        } else if (claimed.state === "done" && claimed.answer.body !== undefined) {
          replays.set(request, claimed.answer);
          replay(reply, claimed.answer);
        } else if (claimed.state !== "gone") done(new RefusedRequest(refusals[claimed.state]));
      };
      const claimed = requests.claim({
        id,
        fingerprint: requestFingerprint(request),
        leaseMs,
        isGone: () => isGone(request, reply),
      });
      if (claimed instanceof Promise) void claimed.then(obey);
      else obey(claimed);
    };

  const send: onSendHookHandler<unknown> = (request, reply, payload, done) => {
    const replayed = replays.get(request);
    if (replayed !== undefined) {
      // What hooks before this one have made of it is in it already.
      done(null, replayed.body);
      return;
    }
    const attempt = running.get(request);
    if (attempt !== undefined) {
      running.delete(request);
      const outcome = outcomeOfStatus(reply.statusCode);
      const { id, owner } = attempt;
      if (outcome === "free") requests.settle(id, owner, undefined);
      else if (outcome === "unknown") requests.settle(id, owner, outcome);
      else requests.settle(id, owner, answerOf(reply, payload, pickHeaders(reply), maxBodyBytes));
    }
    done(null, payload);
  };

  return (route) => {
    const rule = routes.of(route);
    if (rule === false) return;
    // Last, so that whatever guards the route has seen the request; first, so that no compression comes before.
    route.preHandler = [...listed(route.preHandler), begin(rule === "required")];
    route.onSend = [send as onSendHookHandler, ...listed(route.onSend)];
  };
}

const refusals = {
  "in-flight": inFlight,
  unknown: outcomeUnknown,
  mismatch: keyReused,
  done: replayUnavailable,
  unchecked,
} as const;

function listed<T>(hooks: T | T[] | undefined): T[] {
  return hooks === undefined ? [] : ([hooks].flat() as T[]);
}

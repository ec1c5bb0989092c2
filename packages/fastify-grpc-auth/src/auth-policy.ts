import type { FastifyBaseLogger, FastifyRequest } from "fastify";
import type {
  GatewayEntry,
  MethodSchema,
  Policy,
  PolicyCall,
  SecurityDemand,
  Verdict,
} from "grpc-transcoding";
import type { ClaimPath } from "./claims/claim.ts";
import { claimOf, itemsOf } from "./claims/claim.ts";
import { requestPatch } from "./claims/claim-fields.ts";
import type { ClaimMetadata } from "./claims/claim-metadata.ts";
import { replaceClaimHeaders } from "./claims/path-headers.ts";
import { hasScopes } from "./claims/token-scopes.ts";
import { UnusableClaim } from "./claims/unusable-claim.ts";
import type { MethodRule, MethodRules } from "./method/method-rules.ts";
import {
  claimUnusable,
  insufficientScope,
  refusalResponses,
  tenantMismatch,
  tokenInvalid,
  tokenMissing,
  tokenUnverifiable,
} from "./refusal.ts";
import { UnverifiableToken } from "./token/invalid-token.ts";
import { setClaims, type TokenClaims } from "./token/token-claims.ts";
import type { TokenVerifier } from "./token/token-verifier.ts";

/** What the policy of one gateway works with. */
export interface AuthPolicyParts {
  readonly entry: GatewayEntry;
  readonly rules: MethodRules;
  readonly metadata: ClaimMetadata;
  readonly scopeClaims: readonly ClaimPath[];
  readonly tenantClaim: ClaimPath | undefined;
  /** How the document names and describes the tokens. */
  readonly scheme: Pick<SecurityDemand, "name" | "scheme">;
  /** Whether keys are fetched, which can fail. */
  readonly isRemote: boolean;
  readonly verifier: TokenVerifier;
  /** Whether the interceptor that fills fields of requests is there. */
  readonly fillsFields: boolean;
  readonly log: FastifyBaseLogger;
}

/**
 * Decides by a call's token: whether it is good, has the method's scopes, and is of the request's tenant. Tells the call
 * who is calling, and takes from it whatever its client said of that.
 */
export function authPolicy(parts: AuthPolicyParts): Policy {
  const policy: Policy = (call) => {
    const rule = parts.rules.of(call);
    if (!("audience" in rule)) return rule;
    let claims: ReturnType<TokenVerifier>;
    try {
      claims = parts.verifier(call);
    } catch (error) {
      return unverified(parts, call, error);
    }
    if (!(claims instanceof Promise)) return admit(parts, rule, call, claims);
    return claims.then(
      (verified) => admit(parts, rule, call, verified),
      (error: unknown) => unverified(parts, call, error),
    );
  };
  return Object.assign(policy, {
    responsesOf(method: MethodSchema) {
      const { anonymous, scopes } = parts.rules.audienceOf(method);
      const responses = refusalResponses({
        needed: scopes,
        usesClaims: method.auth.claims.length > 0,
        usesTenant: parts.tenantClaim !== undefined,
        isRemote: parts.isRemote,
      });
      return anonymous ? responses.filter(({ reason }) => reason !== "TOKEN_MISSING") : responses;
    },
    security(method: MethodSchema): readonly SecurityDemand[] {
      const { anonymous, scopes } = parts.rules.audienceOf(method);
      if (anonymous) return [];
      if (scopes.length === 0) return [parts.scheme];
      return scopes.map((all) => ({ ...parts.scheme, scopes: all }));
    },
  });
}

function unverified({ log }: AuthPolicyParts, call: PolicyCall, error: unknown): Verdict {
  const { statusCode, code } = Object(error) as { statusCode?: unknown; code?: unknown };
  const isDown = error instanceof UnverifiableToken || statusCode === 503 || code === 14;
  const logger = (call.request as FastifyRequest | undefined)?.log ?? log;
  if (isDown) logger.warn({ err: error }, "a token cannot be verified");
  else logger.debug({ err: error }, "a token was refused");
  return { refuse: isDown ? tokenUnverifiable() : tokenInvalid() };
}

function admit(
  parts: AuthPolicyParts,
  { audience, patchOf }: MethodRule,
  call: PolicyCall,
  claims: TokenClaims | undefined,
): Verdict {
  const { metadata, scopeClaims, fillsFields } = parts;
  if (claims === undefined && !audience.anonymous) return { refuse: tokenMissing() };
  if (claims !== undefined) {
    if (!hasScopes(claims, scopeClaims, audience.scopes)) {
      return { refuse: insufficientScope(audience.scopes) };
    }
    if (!isOfTenant(parts, call, claims)) return { refuse: tenantMismatch() };
  }
  try {
    const changes = metadata.changesOf(claims);
    if (patchOf !== undefined) {
      if (!fillsFields) throw new Error(lateFields);
      call.context.set(requestPatch, patchOf(claims));
    }
    if (call.method === undefined) replaceClaimHeaders(call, metadata.strips, changes);
    if (claims !== undefined) setClaims(call.context, claims);
    return {
      metadata: changes,
      strip: metadata.strips,
      ...(claims !== undefined && { identity: claims }),
    };
  } catch (error) {
    if (!(error instanceof UnusableClaim)) throw error;
    const logger = (call.request as FastifyRequest | undefined)?.log ?? parts.log;
    logger.warn({ err: error, grpc: { method: call.method?.path } }, "a token's claim is unusable");
    return { refuse: claimUnusable() };
  }
}

const lateFields =
  "the schema has got its first field that tokens fill (auth.claims) since the app started: start the app anew";

/** As `request.rpc.confirmTenant`: a claim that is missing confirms nothing. */
function isOfTenant(
  { tenantClaim }: AuthPolicyParts,
  { tenant }: PolicyCall,
  claims: TokenClaims,
): boolean {
  if (tenantClaim === undefined) return true;
  return tenant !== undefined && itemsOf(claimOf(claims, tenantClaim)).includes(tenant);
}

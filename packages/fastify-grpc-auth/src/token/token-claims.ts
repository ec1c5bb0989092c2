import { type CallContext, type ContextKey, contextKey } from "grpc-transcoding";

/**
 * What a verified token says (RFC 7519, section 4.1). An app may add its own claims to the interface by
 * `declare module "fastify-grpc-auth"`.
 */
export interface TokenClaims {
  readonly iss?: string;
  readonly sub?: string;
  readonly aud?: string | readonly string[];
  /** Seconds since the epoch, as `nbf` and `iat` are. */
  readonly exp?: number;
  readonly nbf?: number;
  readonly iat?: number;
  readonly jti?: string;
  readonly [claim: string]: unknown;
}

const key: ContextKey<TokenClaims | undefined> = contextKey<TokenClaims | undefined>(
  "token claims",
  undefined,
);

/** The claims of a call's token, once its policies have run; undefined for a call without one. */
export function claimsOf(context: CallContext): TokenClaims | undefined {
  return context.get(key);
}

/** Keeps the claims of a call's token. */
export function setClaims(context: CallContext, claims: TokenClaims): void {
  context.set(key, claims);
}

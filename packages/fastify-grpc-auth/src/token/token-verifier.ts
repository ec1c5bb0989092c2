import type { PolicyCall } from "grpc-transcoding";
import type { TokenClaims } from "./token-claims.ts";

/**
 * The claims of a call's token; undefined for a call without one. Throws, or rejects: UnverifiableToken where it cannot
 * be told whether the token is good, anything else for one that is not.
 */
export type TokenVerifier = (
  call: PolicyCall,
) => TokenClaims | undefined | Promise<TokenClaims | undefined>;

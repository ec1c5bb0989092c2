import type { PolicyCall } from "grpc-transcoding";
import { bearerToken } from "./bearer-token.ts";
import { InvalidToken } from "./invalid-token.ts";
import type { TokenClaims } from "./token-claims.ts";
import type { TokenVerifier } from "./token-verifier.ts";

/**
 * The app's own check of a token: answers its claims. Nothing, and a throw, is a bad token (401); an error with
 * `statusCode: 503` says that nobody can tell at the moment.
 */
export type VerifyToken = (
  token: string,
  call: PolicyCall,
) => TokenClaims | undefined | Promise<TokenClaims | undefined>;

/** Verifies bearer tokens by the app's own function. */
export function ownVerifier(verify: VerifyToken): TokenVerifier {
  return (call) => {
    const token = bearerToken(call);
    return token === undefined ? undefined : verified(verify, token, call);
  };
}

async function verified(
  verify: VerifyToken,
  token: string,
  call: PolicyCall,
): Promise<TokenClaims> {
  const claims: unknown = await verify(token, call);
  if (typeof claims === "object" && claims !== null) return claims as TokenClaims;
  throw new InvalidToken(`verify answered ${String(claims)}`);
}

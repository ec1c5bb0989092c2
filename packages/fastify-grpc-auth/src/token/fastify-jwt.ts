import type { PolicyCall } from "grpc-transcoding";
import { bearerToken } from "./bearer-token.ts";
import { InvalidToken, UnverifiableToken } from "./invalid-token.ts";
import type { TokenClaims } from "./token-claims.ts";
import type { TokenVerifier } from "./token-verifier.ts";

interface JwtRequest {
  jwtVerify(): Promise<unknown>;
}

// What @fastify/jwt says of a request that brings nothing; a cookie that is missing is nothing, too.
const nothing = new Set([
  "FST_JWT_NO_AUTHORIZATION_IN_HEADER",
  "FST_JWT_NO_AUTHORIZATION_IN_COOKIE",
  "FST_JWT_BAD_COOKIE_REQUEST",
]);

/**
 * Verifies as the app's @fastify/jwt does for its own routes: by `request.jwtVerify()`, with its options `trusted`,
 * `cookie` and `formatUser`.
 */
export const fastifyJwtVerifier: TokenVerifier = (call) => {
  // Its bounds hold whatever verifies.
  bearerToken(call);
  return verified(call);
};

async function verified({ request }: PolicyCall): Promise<TokenClaims | undefined> {
  if (!isJwtRequest(request)) throw new UnverifiableToken(outOfReach);
  try {
    const claims = await request.jwtVerify();
    if (typeof claims === "object" && claims !== null) return claims as TokenClaims;
  } catch (error) {
    const { code } = Object(error) as { readonly code?: unknown };
    if (typeof code === "string" && nothing.has(code)) return undefined;
    throw error;
  }
  throw new InvalidToken("the token is no JSON object");
}

// Without it the app's list of revoked tokens (`trusted`) would not be asked.
const outOfReach =
  'request.jwtVerify is missing: register @fastify/jwt and fastify-grpc-auth in the gateway\'s scope or above it, and leave nativeGrpc.hooks at "run"';

function isJwtRequest(request: unknown): request is JwtRequest {
  return typeof (request as Partial<JwtRequest> | undefined)?.jwtVerify === "function";
}

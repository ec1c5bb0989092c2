import type { JWTPayload } from "jose";
import { bearerToken } from "./bearer-token.ts";
import { InvalidToken } from "./invalid-token.ts";
import { type IssuerKey, issuerKeys } from "./issuer-keys.ts";
import type { Issuer } from "./issuer-settings.ts";
import type { Jose } from "./load-jose.ts";
import { TokenCache, tokenKey } from "./token-cache.ts";
import type { TokenClaims } from "./token-claims.ts";
import type { TokenVerifier } from "./token-verifier.ts";

/** What the verifier works with. */
export interface IssuerVerifierOptions {
  readonly issuers: ReadonlyMap<string, Issuer>;
  /** How many verified tokens are remembered; 0 for none. */
  readonly cacheSize: number;
  /** Told why keys could not be fetched. */
  readonly onError: (error: unknown) => void;
}

const toleranceSeconds = 30;
// A token whose issuer has withdrawn it is not believed much longer.
const cacheMs = 300_000;

/** Verifies the tokens of configured issuers (RFC 7519, RFC 8725) by jose. */
export function issuerVerifier(
  jose: Jose,
  { issuers, cacheSize, onError }: IssuerVerifierOptions,
): TokenVerifier {
  const cache = new TokenCache(cacheSize, cacheMs);
  const listener = { onChange: () => cache.clear(), onError };
  const keys = new Map<Issuer, IssuerKey>();
  for (const issuer of issuers.values()) keys.set(issuer, issuerKeys(jose, issuer, listener));

  async function verified(token: string, cached: string): Promise<TokenClaims> {
    // Unverified: it only chooses among what is configured.
    const { iss } = jose.decodeJwt(token);
    const issuer = typeof iss === "string" ? issuers.get(iss) : undefined;
    if (issuer === undefined) throw new InvalidToken("its issuer is none of those configured");
    const claims = await verifyBy(jose, issuer, keys.get(issuer) as IssuerKey, token);
    cache.set(cached, claims as TokenClaims, (Number(claims.exp) + toleranceSeconds) * 1000);
    return claims as TokenClaims;
  }

  return (call) => {
    const token = bearerToken(call);
    if (token === undefined) return undefined;
    const cached = tokenKey(token);
    return cache.get(cached) ?? verified(token, cached);
  };
}

async function verifyBy(
  jose: Jose,
  { name, audience, algorithms }: Issuer,
  key: IssuerKey,
  token: string,
): Promise<JWTPayload> {
  const options = {
    issuer: name,
    audience: [...audience],
    algorithms: [...algorithms],
    clockTolerance: toleranceSeconds,
    requiredClaims: ["exp"],
  };
  try {
    return (await jose.jwtVerify(token, key as never, options)).payload;
  } catch (error) {
    if (!(error instanceof jose.errors.JWKSMultipleMatchingKeys)) throw error;
    // The token names no key: it is one of a few.
    for await (const candidate of error) {
      try {
        return (await jose.jwtVerify(token, candidate, options)).payload;
      } catch (failure) {
        if (!(failure instanceof jose.errors.JWSSignatureVerificationFailed)) throw failure;
      }
    }
    throw error;
  }
}

import type { TokenClaims } from "../token/token-claims.ts";
import { type ClaimPath, claimOf } from "./claim.ts";

/** Where scopes usually are: RFC 8693 section 4.2, and what Azure and Okta have. */
export const usualScopeClaims: readonly ClaimPath[] = [["scope"], ["scp"]];

/** Whether a token has all scopes of one of the lists; any token has, where there is none. */
export function hasScopes(
  claims: TokenClaims,
  paths: readonly ClaimPath[],
  needed: readonly (readonly string[])[],
): boolean {
  if (needed.length === 0) return true;
  const scopes = scopesOf(claims, paths);
  return needed.some((all) => all.every((scope) => scopes.has(scope)));
}

/** The scopes of the first of the claims that is there: a text with blanks between them, or a list. */
function scopesOf(claims: TokenClaims, paths: readonly ClaimPath[]): ReadonlySet<unknown> {
  const found = paths.map((path) => claimOf(claims, path)).find((claim) => claim !== undefined);
  if (typeof found === "string") return new Set(found.split(" "));
  return new Set(Array.isArray(found) ? found : []);
}

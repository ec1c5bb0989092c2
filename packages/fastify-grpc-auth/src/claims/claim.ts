import { readOneOrMore, readText } from "../option/option-value.ts";
import type { TokenClaims } from "../token/token-claims.ts";

/** The name of a claim, or the names on the way into an object. */
export type ClaimPath = readonly [string, ...string[]];

/** Reads a claim's name, or the names on the way to it. Throws FST_GRPC_AUTH_OPTION. */
export function readClaimPath(value: unknown, path: string): ClaimPath {
  return readOneOrMore(value, path, readText);
}

/** A claim by its path; undefined where the token does not have it, or has null. */
export function claimOf(claims: TokenClaims, path: ClaimPath): unknown {
  let value: unknown = claims;
  for (const name of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name))
      return undefined;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return value ?? undefined;
}

/** The items of a claim that is a list, or the one that it is. */
export function itemsOf(claim: unknown): readonly unknown[] {
  return Array.isArray(claim) ? claim : [claim];
}

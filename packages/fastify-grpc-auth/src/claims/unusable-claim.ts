import type { ClaimPath } from "./claim.ts";

/** A claim that a call needs, and that its token lacks or has in a form that cannot be used. */
export class UnusableClaim extends Error {
  override readonly name = "UnusableClaim";

  constructor(path: ClaimPath, what: string) {
    super(`claim ${JSON.stringify(path.join("."))}: ${what}`);
  }
}

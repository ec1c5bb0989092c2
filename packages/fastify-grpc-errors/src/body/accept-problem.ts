import { parseWeighted } from "./quality.ts";

/**
 * Whether an `Accept` header asks for problem details: it names `application/problem+json`, and
 * does not weigh plain JSON higher. A wildcard alone keeps the default.
 */
export function acceptsProblem(accept: string | undefined): boolean {
  if (accept === undefined) return false;
  const weights = new Map(parseWeighted(accept).map(({ range, weight }) => [range, weight]));
  const problem = weights.get("application/problem+json") ?? 0;
  const json =
    weights.get("application/json") ?? weights.get("application/*") ?? weights.get("*/*") ?? 0;
  return problem > 0 && problem >= json;
}

import { parseAccept, rateMediaType } from "grpc-transcoding/internal";

/**
 * Whether an `Accept` header asks for problem details: it names `application/problem+json`, and
 * does not weigh plain JSON higher. A wildcard alone keeps the default.
 */
export function acceptsProblem(accept: string | undefined): boolean {
  if (accept === undefined) return false;
  const ranges = parseAccept(accept);
  const problem = rateMediaType("application/problem+json", ranges);
  const isNamed = problem.exactness === 3 && problem.quality > 0;
  return isNamed && problem.quality >= rateMediaType("application/json", ranges).quality;
}

import type CircuitBreaker from "opossum";
import { FST_GRPC_POLICIES_OPOSSUM } from "../errors.ts";

/** What a call says of its upstream; `"none"` where it ended for another reason. */
export type Outcome = "success" | "failure" | "none";

/** The class of opossum. */
export type Opossum = typeof CircuitBreaker<Outcome>;

/** Loads opossum, an optional peer: who has no breaker need not install it. Throws FST_GRPC_POLICIES_OPOSSUM. */
export async function loadOpossum(): Promise<Opossum> {
  try {
    return (await import("opossum")).default;
  } catch (error) {
    throw new FST_GRPC_POLICIES_OPOSSUM(String((error as Error).message));
  }
}

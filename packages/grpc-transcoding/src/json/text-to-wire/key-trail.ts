import type { MessageField } from "../message-fields.ts";

/**
 * A key that the text has, of a field or of nothing known; or, behind a field's, what its object has: `{`, steps and
 * `}`, or the value of a Struct, whose keys are the client's own.
 */
export type TrailStep =
  | MessageField
  | { readonly kind: "unknown"; readonly key: string; readonly typeName: string }
  | "{"
  | "}"
  | { readonly kind: "struct"; readonly value: Record<string, unknown> };

/** The keys that the text being read has, in its order, nested as they are. Holds {@link trailLength} steps. */
export const trail: TrailStep[] = [];
export let trailLength = 0;

// A longer one is not kept behind the request that made it.
const keptSteps = 1024;

/** Cuts the trail to its first steps. */
export function cutTrail(length: number): void {
  trailLength = length;
  if (trail.length > keptSteps) trail.length = keptSteps;
}

/** Adds a step. */
export function addStep(step: TrailStep): void {
  trail[trailLength++] = step;
}

import type { DescField } from "@bufbuild/protobuf";

export const objectStart: unique symbol = Symbol("{");
export const objectEnd: unique symbol = Symbol("}");
/** A key that is an extension, which a path cannot name. */
export const extensionKey: unique symbol = Symbol("[]");

/** The value of a Struct, or of a Value that is one: its keys are the client's own. */
export class StructKeys {
  readonly value: Record<string, unknown>;

  constructor(value: Record<string, unknown>) {
    this.value = value;
  }
}

/** A key that the text has, or, behind it, what its object has: a start, steps and an end, or a Struct's keys. */
export type TrailStep =
  | DescField
  | typeof extensionKey
  | typeof objectStart
  | typeof objectEnd
  | StructKeys;

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
export function addKey(step: TrailStep): void {
  trail[trailLength++] = step;
}

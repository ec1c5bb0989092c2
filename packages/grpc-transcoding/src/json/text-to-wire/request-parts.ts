import type { RequestParts } from "../request-layout.ts";

const none: RequestParts = { body: Buffer.alloc(0), values: [], fields: {} };

/** The parts of the request that is being read. */
export let parts: RequestParts = none;

/** Sets {@link parts}. */
export function setParts(given: RequestParts): void {
  parts = given;
}

/** Lets go of them. */
export function forgetParts(): void {
  parts = none;
}

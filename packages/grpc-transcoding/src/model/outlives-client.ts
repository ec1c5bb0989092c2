import { type ContextKey, contextKey } from "./call-context.ts";

/** Whether a call runs to its end although its client has gone: its answer is kept for a client that comes back. */
export const outlivesClient: ContextKey<boolean> = contextKey("outlives-client", false);

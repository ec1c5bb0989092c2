/**
 * Writes a value at `p` of the output buffer, where `room` bytes are free, and returns the position behind
 * it. Throws UnexpectedValue.
 */
export type Write = (p: number, value: unknown, depth: number) => number;

/** What a {@link Write} returns instead of a position for an unknown enum name that is to be ignored. */
export const leftOut = -1;

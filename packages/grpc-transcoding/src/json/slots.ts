/**
 * Scratch space for the messages being read, innermost last: where their fields stand in the bytes, or
 * whether they were there. A plain array: once a process has transferred an ArrayBuffer (as fetch
 * does), V8 checks at each access of a typed array whether it is detached.
 */
export const slots: number[] = [];
let top = 0;

/** Forgets all messages: for the start of a call, since the last one may have thrown. */
export function resetSlots(): void {
  top = 0;
}

/** Takes `count` slots, all -1, and returns the index of the first. */
export function reserveSlots(count: number): number {
  const base = top;
  top += count;
  const end = Math.min(top, slots.length);
  for (let i = base; i < end; i++) slots[i] = -1;
  while (slots.length < top) slots.push(-1);
  return base;
}

/** Gives back all slots from `base` on. */
export function releaseSlots(base: number): void {
  top = base;
}

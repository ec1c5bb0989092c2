/**
 * Scratch space for the messages being read, innermost last: where their fields stand in the bytes, or whether they were there.
 * Read the binding anew after a nested message, which may have replaced it.
 */
export let slots: Int32Array = new Int32Array(1024);
let top = 0;

/** Forgets all messages: for the start of a call, since the last one may have thrown. */
export function resetSlots(): void {
  top = 0;
}

/** Takes `count` slots, all -1, and returns the index of the first. */
export function reserveSlots(count: number): number {
  const base = top;
  top += count;
  if (top > slots.length) {
    const larger = new Int32Array(Math.max(top, slots.length * 2));
    larger.set(slots);
    slots = larger;
  }
  const taken = slots;
  for (let i = base; i < top; i++) taken[i] = -1;
  return base;
}

/** Gives back all slots from `base` on. */
export function releaseSlots(base: number): void {
  top = base;
}

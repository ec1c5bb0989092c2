import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

/** Waits for something that no event tells. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  what: () => string,
  withinMs = 2000,
): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > end) assert.fail(`within ${withinMs} ms: ${what()}`);
    await sleep(5);
  }
}

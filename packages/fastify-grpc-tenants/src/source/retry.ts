import { setTimeout as sleep } from "node:timers/promises";
import { asError, type SourceWatch } from "./policy-source.ts";

const firstMs = 100;
const mostMs = 5_000;

/** One try to follow a document. `works` tells that it got somewhere, so that the next pause is short again. */
export type Attempt = (signal: AbortSignal, works: () => void) => Promise<void>;

/**
 * Tries again and again until it is closed: at once after an attempt that ended, after a pause with jitter after one that
 * failed, each longer than the one before, up to 5 s.
 */
export function retry(attempt: Attempt, onError: (error: Error) => void): SourceWatch {
  const abort = new AbortController();
  const { signal } = abort;
  const ended = run(attempt, onError, signal);
  return {
    async close() {
      abort.abort();
      await ended;
    },
  };
}

async function run(
  attempt: Attempt,
  onError: (error: Error) => void,
  signal: AbortSignal,
): Promise<void> {
  let failures = 0;
  const works = () => {
    failures = 0;
  };
  while (!signal.aborted) {
    try {
      await attempt(signal, works);
    } catch (error) {
      if (signal.aborted) return;
      onError(asError(error));
      const pause = Math.min(firstMs * 2 ** failures, mostMs);
      failures += 1;
      // Many processes lose their server at the same moment.
      await wait(pause * (0.5 + Math.random() / 2), signal);
    }
  }
}

/** Resolves after a time, or once it is aborted. Keeps no process alive. */
export async function wait(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal, ref: false }).catch(() => {});
}

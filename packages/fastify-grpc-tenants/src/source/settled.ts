/** Runs something once a burst of events is over. */
export interface Settled {
  /** An event: it runs when none has come for a while, or when they have come for too long. */
  readonly poke: () => void;
  readonly close: () => void;
}

/** `quietMs` without an event, `mostMs` since the first one of the burst. Keeps no process alive. */
export function settled(run: () => void, quietMs: number, mostMs: number): Settled {
  let timer: NodeJS.Timeout | undefined;
  let latest = 0;
  return {
    poke() {
      const now = Date.now();
      if (timer === undefined) latest = now + mostMs;
      clearTimeout(timer);
      timer = setTimeout(
        () => {
          timer = undefined;
          run();
        },
        Math.max(0, Math.min(quietMs, latest - now)),
      );
      timer.unref();
    },
    close: () => clearTimeout(timer),
  };
}

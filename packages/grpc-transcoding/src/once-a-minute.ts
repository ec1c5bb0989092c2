const intervalMs = 60_000;

/** Tells of errors at most once a minute: what is gone fails again and again. `count` is of those since the last time. */
export function onceAMinute(
  tell: (error: unknown, count: number) => void,
  now: () => number = () => performance.now(),
): (error: unknown) => void {
  let count = 0;
  let toldAt = Number.NEGATIVE_INFINITY;
  return (error) => {
    count += 1;
    if (now() - toldAt < intervalMs) return;
    toldAt = now();
    tell(error, count);
    count = 0;
  };
}

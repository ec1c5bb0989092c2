/** A contender with what it costs to do `count` units of work, in microseconds of CPU time. */
export interface Contender {
  readonly name: string;
  readonly count: number;
  readonly spend: (count: number) => Promise<number>;
}

/** CPU time that this process spends in `work`, in microseconds. */
export async function ownCpuMicros(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/**
 * The least CPU time per unit of each contender, over rounds in which they take turns, after a
 * warm-up of two rounds.
 */
export async function leastMicros(
  contenders: readonly Contender[],
  rounds: number,
): Promise<ReadonlyMap<string, number>> {
  const least = new Map<string, number>();
  for (let round = -2; round < rounds; round += 1) {
    for (const { name, count, spend } of contenders) {
      const perUnit = (await spend(count)) / count;
      if (round >= 0)
        least.set(name, Math.min(least.get(name) ?? Number.POSITIVE_INFINITY, perUnit));
    }
  }
  return least;
}

/** A call that reports its end. */
export type Call = (done: (error?: Error | null) => void) => void;

/** Makes `count` calls, `concurrency` at a time; adds no promise to each, which would cost more than some calls do. */
export function inParallel(count: number, concurrency: number, call: Call): Promise<void> {
  return new Promise((resolve, reject) => {
    let left = count;
    let running = 0;
    let isFilling = false;
    const done = (error?: Error | null): void => {
      if (error) reject(error);
      running -= 1;
      fill();
    };
    const fill = (): void => {
      // A call may end before it returns.
      if (isFilling) return;
      isFilling = true;
      while (left > 0 && running < concurrency) {
        left -= 1;
        running += 1;
        call(done);
      }
      isFilling = false;
      if (left === 0 && running === 0) resolve();
    };
    fill();
  });
}

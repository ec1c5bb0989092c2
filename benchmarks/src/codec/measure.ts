/** One contender: called with the index of the payload. */
export interface Contender {
  readonly name: string;
  readonly run: (i: number) => unknown;
}

/** CPU time per call in nanoseconds, in the order of the contenders. */
export type Measurement = readonly number[];

const rounds = 11;
/** CPU time of one contender in one round, in microseconds. */
const sliceMicros = 40_000;

function cpuMicros(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/**
 * The lower quartile of the CPU time of each contender over rounds in which they take turns, so that
 * a slow spell of the machine falls on all alike.
 */
export function measure(contenders: readonly Contender[]): Measurement {
  const counts = contenders.map(({ run }) => {
    let count = 4;
    for (;;) {
      const spent = cpuMicros(() => {
        for (let i = 0; i < count; i++) run(i);
      });
      if (spent >= sliceMicros / 2) return Math.max(1, Math.round((count * sliceMicros) / spent));
      count *= 2;
    }
  });
  const samples: number[][] = contenders.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [k, { run }] of contenders.entries()) {
      const count = counts[k] as number;
      const spent = cpuMicros(() => {
        for (let i = 0; i < count; i++) run(i);
      });
      (samples[k] as number[]).push((spent * 1000) / count);
    }
  }
  return samples.map((s) => s.sort((a, b) => a - b)[Math.floor(rounds / 4)] as number);
}

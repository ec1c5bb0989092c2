/** How long to wait after failed attempts to connect. */
export interface BackoffSettings {
  readonly initialMs: number;
  readonly maxMs: number;
}

// https://github.com/grpc/grpc/blob/master/doc/connection-backoff.md
const multiplier = 1.6;
const jitter = 0.2;

/** The wait after the given number of failures in a row, with a random part so that clients do not return together. */
export function backoffMs(failures: number, { initialMs, maxMs }: BackoffSettings): number {
  const ms = Math.min(maxMs, initialMs * multiplier ** (failures - 1));
  return ms * (1 + jitter * (2 * Math.random() - 1));
}

import { gatewayError } from "../status/status-error.ts";

// PROTOCOL-HTTP2.md, Requests: Timeout.
const unitMs = { H: 3_600_000, M: 60_000, S: 1_000, m: 1, u: 1e-3, n: 1e-6 } as const;

/**
 * The milliseconds of a `grpc-timeout` value such as `"100m"`. Throws a StatusError (400) for any
 * other text than one to eight digits and a unit.
 */
export function parseGrpcTimeout(text: string): number {
  const [, digits, unit] = /^(\d{1,8})([HMSmun])$/.exec(text) ?? [];
  if (digits === undefined) {
    throw gatewayError(
      `invalid grpc-timeout ${JSON.stringify(text)}: give up to 8 digits and a unit of H, M, S, m, u or n`,
    );
  }
  return Number(digits) * unitMs[unit as keyof typeof unitMs];
}

/** A time span as a `grpc-timeout` value, in the finest unit that holds it in eight digits; rounded up. */
export function formatGrpcTimeout(timeoutMs: number): string {
  for (const unit of ["n", "u", "m", "S", "M"] as const) {
    const count = Math.ceil(timeoutMs / unitMs[unit]);
    if (count < 1e8) return `${Math.max(0, count)}${unit}`;
  }
  return `${Math.min(Math.ceil(timeoutMs / unitMs.H), 99_999_999)}H`;
}

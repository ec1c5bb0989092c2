// PROTOCOL-HTTP2.md: at most eight digits and a unit.
const maxDigits = 99_999_999;
const units: readonly (readonly [unit: string, ms: number])[] = [
  ["m", 1],
  ["S", 1000],
  ["M", 60_000],
  ["H", 3_600_000],
];

/** Milliseconds as a `grpc-timeout`, rounded up: the peer must not give up before its caller does. */
export function formatTimeout(ms: number): string {
  const left = Math.max(1, Math.ceil(ms));
  for (const [unit, size] of units) {
    const count = Math.ceil(left / size);
    if (count <= maxDigits) return `${count}${unit}`;
  }
  return `${maxDigits}H`;
}

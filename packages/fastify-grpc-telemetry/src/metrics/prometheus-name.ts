import type { Instrument } from "./instruments.ts";

const units: Readonly<Record<string, string>> = {
  s: "_seconds",
  ms: "_milliseconds",
  By: "_bytes",
};

/**
 * The name of a metric in Prometheus, as OpenTelemetry translates it: dots become underscores, the unit follows, and
 * `_total` behind counters (OpenTelemetry specification, compatibility/prometheus_and_openmetrics.md).
 */
export function prometheusName({ name, kind, unit }: Instrument): string {
  return `${prometheusLabel(name)}${units[unit] ?? ""}${kind === "counter" ? "_total" : ""}`;
}

/** The name of a label in Prometheus. */
export function prometheusLabel(attribute: string): string {
  return attribute.replaceAll(/\W/g, "_");
}

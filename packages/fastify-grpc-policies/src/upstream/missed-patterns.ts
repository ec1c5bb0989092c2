import type { GatewayEntry } from "grpc-transcoding";
import { suggestion } from "grpc-transcoding/internal";
import type { MethodPattern } from "./method-filter.ts";

/** Services that gateways answer for or pass on beside those of their schemas. */
const common = /^grpc\.(?:health|reflection|channelz)\./;

/** A pattern that is for no method, and what is known instead. */
export interface MissedPattern {
  readonly option: string;
  readonly value: string;
  /** A sentence, or nothing. */
  readonly hint: string;
}

/** The patterns that are for no method of any gateway, mostly because they are misspelt. */
export function missedPatterns(
  patterns: readonly MethodPattern[],
  gateways: readonly GatewayEntry[],
): readonly MissedPattern[] {
  // Tenants may have methods of their own.
  if (gateways.length === 0 || gateways.some(({ hasTenants }) => hasTenants)) return [];
  const services = gateways.flatMap(({ schema }) => schema.services);
  const methods = services.flatMap((service) =>
    service.methods.map(({ path, name }) => ({ path, name, service: service.name })),
  );
  return patterns
    .filter(({ text, matches }) => !common.test(text) && !methods.some(matches))
    .map(({ at, text }) => {
      const names = text.endsWith("*")
        ? services.flatMap(({ name }) => [`${name}/*`, `${name.slice(0, name.lastIndexOf("."))}.*`])
        : methods.map(({ path }) => path.slice(1));
      return { option: at, value: text, hint: suggestion(text, new Set(names)).trim() };
    });
}

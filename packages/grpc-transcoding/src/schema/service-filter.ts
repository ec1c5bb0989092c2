import type { DescService } from "@bufbuild/protobuf";
import { optionProblem, type ReportProblem } from "./schema-error.ts";

/**
 * The services that the option `services` names: a full name (`"library.v1.Library"`), or a prefix
 * with `.*` (`"library.v1.*"`, any depth), or `"*"`. A pattern that matches nothing is a problem.
 */
export function filterServices(
  services: readonly DescService[],
  patterns: readonly string[],
  report: ReportProblem,
): readonly DescService[] {
  const wanted = new Set<DescService>();
  for (const [i, pattern] of patterns.entries()) {
    const matched = services.filter((service) => matches(service.typeName, pattern));
    for (const service of matched) wanted.add(service);
    if (matched.length === 0) {
      const found = `${JSON.stringify(pattern)} matches no service; there are ${listNames(services)}`;
      report(optionProblem(`services[${i}]`, found));
    }
  }
  return services.filter((service) => wanted.has(service));
}

function matches(name: string, pattern: string): boolean {
  if (pattern === "*") return true;
  return pattern.endsWith(".*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

function listNames(services: readonly DescService[]): string {
  if (services.length === 0) return "none";
  const names = services.slice(0, 10).map((service) => service.typeName);
  const rest = services.length - names.length;
  return names.join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}

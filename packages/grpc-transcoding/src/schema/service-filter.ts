import { optionProblem, type ReportProblem } from "./schema-error.ts";

/**
 * The services that the option `services` names: a full name (`"library.v1.Library"`), or a prefix
 * with `.*` (`"library.v1.*"`, any depth), or `"*"`. A pattern that matches nothing is a problem.
 */
export function filterServices<Service>(
  services: readonly Service[],
  nameOf: (service: Service) => string,
  patterns: readonly string[],
  report: ReportProblem,
): readonly Service[] {
  const wanted = new Set<Service>();
  for (const [i, pattern] of patterns.entries()) {
    const matched = services.filter((service) => matches(nameOf(service), pattern));
    for (const service of matched) wanted.add(service);
    if (matched.length === 0) {
      const found = `${JSON.stringify(pattern)} matches no service; there are ${listNames(services.map(nameOf))}`;
      report(optionProblem(`services[${i}]`, found));
    }
  }
  return services.filter((service) => wanted.has(service));
}

function matches(name: string, pattern: string): boolean {
  if (pattern === "*") return true;
  return pattern.endsWith(".*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

function listNames(names: readonly string[]): string {
  if (names.length === 0) return "none";
  const rest = names.length - 10;
  return names.slice(0, 10).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}

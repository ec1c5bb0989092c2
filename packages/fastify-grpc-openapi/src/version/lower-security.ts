import type { SecurityRequirement } from "../model/openapi.ts";

/** Security Scheme Objects by name. */
type Schemes = Readonly<Record<string, unknown>>;

/** The schemes that OpenAPI 3.0 has: it knows no `mutualTLS`. */
export function lowerSchemes(schemes: Schemes): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(schemes).filter(([, scheme]) => typeOf(scheme) !== "mutualTLS"),
  );
}

/** Requirements in the terms of OpenAPI 3.0, where only OAuth and OpenID Connect have scopes. */
export function lowerRequirements(
  requirements: readonly SecurityRequirement[],
  schemes: Schemes,
): SecurityRequirement[] {
  const all = requirements.flatMap((requirement) => {
    const entries = Object.entries(requirement);
    const lowered = entries.flatMap(([name, scopes]): [string, string[]][] => {
      const type = typeOf(schemes[name]);
      if (type === "mutualTLS") return [];
      const hasScopes = type === undefined || type === "oauth2" || type === "openIdConnect";
      return [[name, hasScopes ? scopes : []]];
    });
    // An empty requirement would say that nothing is demanded.
    return lowered.length === 0 && entries.length > 0 ? [] : [Object.fromEntries(lowered)];
  });
  // Alternatives that differ in their scopes alone are one now.
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}

function typeOf(scheme: unknown): unknown {
  return (scheme as { readonly type?: unknown } | undefined)?.type;
}

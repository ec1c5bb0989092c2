import type { MethodSchema, SecurityDemand, ServiceSchema } from "grpc-transcoding";
import type { DocumentContext } from "../context/document-context.ts";
import type { OperationObject, SecurityRequirement } from "../model/openapi.ts";

/**
 * What a method demands of its clients: of the scopes of `(google.api.oauth_scopes)` any one, and of each policy of
 * the gateway any one of its demands. Nothing where nobody demands anything: then the document's own `security` holds.
 */
export function operationSecurity(
  method: MethodSchema,
  context: DocumentContext,
): Pick<OperationObject, "security"> {
  const demanded = (context.source.policies ?? []).map((policy) =>
    (policy.security?.(method) ?? []).map(requirementOf),
  );
  const choices = [oauthScopes(method.service, context), ...demanded].filter(
    (choice) => choice.length > 0,
  );
  if (choices.length === 0) return {};
  return { security: choices.reduce(bothOf) };
}

function oauthScopes(
  service: ServiceSchema,
  { annotations, oauthScheme }: DocumentContext,
): SecurityRequirement[] {
  if (oauthScheme === undefined) return [];
  const scopes = annotations.read(service.desc, "google.api.oauth_scopes");
  if (typeof scopes !== "string" || scopes === "") return [];
  return scopes.split(",").map((scope) => ({ [oauthScheme]: [scope.trim()] }));
}

function requirementOf({ name, scopes = [] }: SecurityDemand): SecurityRequirement {
  return { [name]: [...scopes] };
}

/** OpenAPI has a list of alternatives only: each of one with each of the other. */
function bothOf(
  some: readonly SecurityRequirement[],
  others: readonly SecurityRequirement[],
): SecurityRequirement[] {
  const pairs = some.flatMap((one) => others.map((other) => mergeScopes(one, other)));
  return [...new Map(pairs.map((pair) => [JSON.stringify(pair), pair])).values()];
}

function mergeScopes(one: SecurityRequirement, other: SecurityRequirement): SecurityRequirement {
  const merged = { ...one };
  for (const [name, scopes] of Object.entries(other)) {
    merged[name] = [...new Set([...(merged[name] ?? []), ...scopes])];
  }
  return merged;
}

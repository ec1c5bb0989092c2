/** A `securityDefinitions` entry of Swagger 2. */
export interface SecurityDefinition {
  type: string;
  flow?: string;
  authorizationUrl?: string;
  tokenUrl?: string;
  scopes?: Record<string, string>;
  description?: string;
  [key: string]: unknown;
}

const flowNames: Readonly<Record<string, string>> = {
  application: "clientCredentials",
  accessCode: "authorizationCode",
};

/** A security scheme of Swagger 2 as one of OpenAPI 3. */
export function upgradeSecurity(scheme: SecurityDefinition): unknown {
  const { flow, authorizationUrl, tokenUrl, scopes = {}, ...rest } = scheme;
  if (rest.type === "basic") return { ...rest, type: "http", scheme: "basic" };
  if (rest.type !== "oauth2" || flow === undefined) return rest;
  const urls = { ...(authorizationUrl && { authorizationUrl }), ...(tokenUrl && { tokenUrl }) };
  return { ...rest, flows: { [flowNames[flow] ?? flow]: { ...urls, scopes } } };
}

import { Code, type ErrorResponse, errorInfoDetail, StatusError } from "grpc-transcoding";
import { gatewayDomain } from "grpc-transcoding/internal";

/** The ways in which a call is refused: what clients are told of each. */
interface Refusal {
  readonly code: Code;
  readonly name: ErrorResponse["code"];
  readonly statusCode: number;
  readonly reason: string;
  readonly message: string;
}

const missing: Refusal = {
  code: Code.UNAUTHENTICATED,
  name: "UNAUTHENTICATED",
  statusCode: 401,
  reason: "TOKEN_MISSING",
  message: "the call needs a bearer token",
};

const invalid: Refusal = {
  ...missing,
  reason: "INVALID_TOKEN",
  message: "the bearer token is not valid",
};

const unverifiable: Refusal = {
  code: Code.UNAVAILABLE,
  name: "UNAVAILABLE",
  statusCode: 503,
  reason: "TOKEN_UNVERIFIABLE",
  message: "tokens cannot be verified at the moment",
};

const scopes: Refusal = {
  code: Code.PERMISSION_DENIED,
  name: "PERMISSION_DENIED",
  statusCode: 403,
  reason: "INSUFFICIENT_SCOPE",
  message: "the token lacks a scope that the method needs",
};

const unusable: Refusal = {
  ...scopes,
  reason: "UNUSABLE_CLAIM",
  message: "the token lacks a claim that the call needs, or has one that cannot be used",
};

const tenant: Refusal = {
  ...scopes,
  reason: "TENANT_MISMATCH",
  message: "the caller is not one of the tenant that the request names",
};

/** What may be added to a refusal. */
interface Extras {
  /** The `www-authenticate` of it (RFC 6750, section 3). */
  readonly challenge?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

function refusal(
  { code, statusCode, reason, message }: Refusal,
  { challenge, metadata }: Extras = {},
): StatusError {
  return new StatusError(code, message, {
    origin: "gateway",
    details: [errorInfoDetail({ reason, domain: gatewayDomain, ...(metadata && { metadata }) })],
    http: {
      statusCode,
      ...(challenge !== undefined && { headers: { "www-authenticate": challenge } }),
    },
  });
}

// Made for each call, as errors are: somebody may write on them.

/** A call without a token: a bare challenge. */
export function tokenMissing(): StatusError {
  return refusal(missing, { challenge: "Bearer" });
}

/** A token that is not good, for whatever reason. */
export function tokenInvalid(): StatusError {
  return refusal(invalid, { challenge: 'Bearer error="invalid_token"' });
}

/** A token of which nobody can tell at the moment. */
export function tokenUnverifiable(): StatusError {
  return refusal(unverifiable);
}

/** A token without the scopes of a method. */
export function insufficientScope(needed: readonly (readonly string[])[]): StatusError {
  // The challenge has room for one list; of several the first (RFC 6750, section 3).
  const challenge = `Bearer error="insufficient_scope", scope="${needed[0]?.join(" ") ?? ""}"`;
  return refusal(scopes, { challenge, metadata: { scopes: scopesText(needed) } });
}

/** A token whose claim cannot be used. */
export function claimUnusable(): StatusError {
  return refusal(unusable);
}

/** A token of another tenant than that of the request. */
export function tenantMismatch(): StatusError {
  return refusal(tenant);
}

/** `"books.read, or books.write admin"`. */
function scopesText(needed: readonly (readonly string[])[]): string {
  return needed.map((all) => all.join(" ")).join(", or ");
}

/** How the document shows the refusals that a method's calls may meet. */
export function refusalResponses(of: {
  readonly needed: readonly (readonly string[])[];
  readonly usesClaims: boolean;
  readonly usesTenant: boolean;
  readonly isRemote: boolean;
}): readonly ErrorResponse[] {
  const challenges = ["www-authenticate"];
  return [
    response(missing, challenges),
    response(invalid, challenges),
    ...(of.needed.length > 0
      ? [response(scopes, challenges, `${scopes.message} (${scopesText(of.needed)})`)]
      : []),
    ...(of.usesClaims ? [response(unusable)] : []),
    ...(of.usesTenant ? [response(tenant)] : []),
    ...(of.isRemote ? [response(unverifiable)] : []),
  ];
}

function response(
  { statusCode, name, reason, message }: Refusal,
  headers: readonly string[] = [],
  text: string = message,
): ErrorResponse {
  return {
    statusCode,
    code: name,
    message: text,
    reason,
    domain: gatewayDomain,
    details: [],
    detailTypes: ["google.rpc.ErrorInfo"],
    headers,
  };
}

import { type ClaimPath, readClaimPath } from "./claims/claim.ts";
import {
  type ClaimMetadata,
  type ClaimMetadataSettings,
  readClaimMetadata,
} from "./claims/claim-metadata.ts";
import { usualScopeClaims } from "./claims/token-scopes.ts";
import { FST_GRPC_AUTH_VERIFIER } from "./errors.ts";
import {
  type MethodSettings,
  readAudiences,
  type SelectedAudience,
} from "./method/method-settings.ts";
import {
  readFunction,
  readInteger,
  readList,
  readMap,
  readObject,
  readText,
} from "./option/option-value.ts";
import { type Issuer, type IssuerSettings, readIssuer } from "./token/issuer-settings.ts";
import type { VerifyToken } from "./token/own-verifier.ts";

/**
 * Options of `app.register(grpcAuth, options)`. Tokens are verified by `issuers`, by `verify`, or, where neither is given, by
 * the app's @fastify/jwt.
 */
export interface FastifyGrpcAuthOptions {
  /** Whose tokens are believed, by `iss`. Needs the package jose. */
  readonly issuers?: Readonly<Record<string, IssuerSettings>>;
  /** The app's own check of a token. */
  readonly verify?: VerifyToken;
  /** Methods that need no token, and templates of `handlePath`: `["library.v1.Library.GetBook", "/v1/covers/{id}"]`. @default [] */
  readonly anonymous?: readonly string[];
  /** Who may call which methods, beside their annotations: `{ "library.v1.*": { scopes: ["library"] } }`. @default {} */
  readonly methods?: Readonly<Record<string, MethodSettings>>;
  /** Metadata that calls get from claims, and from nowhere else: `{ "x-user-id": "sub" }`. @default {} */
  readonly metadata?: ClaimMetadataSettings;
  /** The claim that has the scopes; a list is a path into an object. @default `scope`, or else `scp` */
  readonly scopeClaim?: string | readonly string[];
  /** The claim that must be the tenant of the request, or a list that has it. @default none */
  readonly tenantClaim?: string | readonly string[];
  /** The names of the gateways that it is for. @default all of the app */
  readonly gateways?: readonly string[];
  /** How many verified tokens of `issuers` are remembered, for five minutes at most; 0 for none. @default 5000 */
  readonly cacheSize?: number;
  /** How the document names the tokens: a key of its `securitySchemes`. @default "bearerAuth" */
  readonly securityName?: string;
  /** An OpenAPI Security Scheme Object. @default an HTTP bearer token, a JWT */
  readonly securityScheme?: object;
}

/** Options that were read. */
export interface ResolvedOptions {
  readonly issuers: ReadonlyMap<string, Issuer> | undefined;
  readonly verify: VerifyToken | undefined;
  readonly audiences: readonly SelectedAudience[];
  readonly metadata: ClaimMetadata;
  readonly scopeClaims: readonly ClaimPath[];
  readonly tenantClaim: ClaimPath | undefined;
  readonly gateways: readonly string[] | undefined;
  readonly cacheSize: number;
  readonly scheme: { readonly name: string; readonly scheme: object };
}

const optionKeys = [
  "issuers",
  "verify",
  "anonymous",
  "methods",
  "metadata",
  "scopeClaim",
  "tenantClaim",
  "gateways",
  "cacheSize",
  "securityName",
  "securityScheme",
] as const satisfies readonly (keyof FastifyGrpcAuthOptions)[];

const bearer = { type: "http", scheme: "bearer", bearerFormat: "JWT" };

/** Reads options. Throws FST_GRPC_AUTH_*. */
export function resolveOptions(options: FastifyGrpcAuthOptions): ResolvedOptions {
  // Fastify adds the options of `register` itself.
  const given = readObject(options, "", [...optionKeys, "prefix", "logLevel"]);
  const { issuers, verify, anonymous = [], methods = {}, metadata = {}, gateways } = given;
  const { scopeClaim, tenantClaim, cacheSize = 5000 } = given;
  const { securityName = "bearerAuth", securityScheme = bearer } = given;
  if (issuers !== undefined && verify !== undefined) {
    throw new FST_GRPC_AUTH_VERIFIER("give issuers or verify, not both");
  }
  const read = issuers === undefined ? undefined : readMap(issuers, "issuers", readIssuer);
  if (read?.size === 0) throw new FST_GRPC_AUTH_VERIFIER("option issuers names no issuer");
  return {
    issuers: read,
    verify: verify === undefined ? undefined : readFunction(verify, "verify"),
    audiences: readAudiences(methods, anonymous),
    metadata: readClaimMetadata(metadata, "metadata"),
    scopeClaims:
      scopeClaim === undefined ? usualScopeClaims : [readClaimPath(scopeClaim, "scopeClaim")],
    tenantClaim: tenantClaim === undefined ? undefined : readClaimPath(tenantClaim, "tenantClaim"),
    gateways: gateways === undefined ? undefined : readList(gateways, "gateways", readText),
    cacheSize: readInteger(cacheSize, "cacheSize", 0, 1_000_000),
    scheme: {
      name: readText(securityName, "securityName"),
      scheme: readObject(securityScheme, "securityScheme"),
    },
  };
}

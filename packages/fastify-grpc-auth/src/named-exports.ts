export type { ClaimMetadataSettings, MetadataClaim } from "./claims/claim-metadata.ts";
export type { ClaimEncoding } from "./claims/claim-text.ts";
export * from "./errors.ts";
export type { MethodSettings } from "./method/method-settings.ts";
export type { FastifyGrpcAuthOptions } from "./options.ts";
export type { IssuerSettings, JsonWebKeyLike } from "./token/issuer-settings.ts";
export type { VerifyToken } from "./token/own-verifier.ts";
export type { TokenClaims } from "./token/token-claims.ts";
export { claimsOf } from "./token/token-claims.ts";

export type { ClaimMetadataSettings, MetadataClaim } from "./claims/claim-metadata.ts";
export type { ClaimEncoding } from "./claims/claim-text.ts";
export type { GrpcClientCertOptions } from "./client-cert/client-cert-options.ts";
export { clientCert as grpcClientCert } from "./client-cert/client-cert-plugin.ts";
export type { ClientIdentity } from "./client-cert/client-identity.ts";
export { clientIdentityOf } from "./client-cert/client-identity.ts";
export type { TrustedProxies } from "./client-cert/trusted-proxy.ts";
export * from "./errors.ts";
export type { MethodSettings } from "./method/method-settings.ts";
export type { FastifyGrpcAuthOptions } from "./options.ts";
export type { CertificateStatus, GrpcTls, TlsStatus } from "./tls/grpc-tls.ts";
export type { GrpcTlsOptions, TlsFiles } from "./tls/tls-options.ts";
export { tls as grpcTls } from "./tls/tls-plugin.ts";
export type {
  CertificateProviderLike,
  GrpcModule,
  UpstreamCertificateOptions,
  UpstreamCertificates,
} from "./tls/upstream-certificates.ts";
export { upstreamCertificates } from "./tls/upstream-certificates.ts";
export type { IssuerSettings, JsonWebKeyLike } from "./token/issuer-settings.ts";
export type { VerifyToken } from "./token/own-verifier.ts";
export type { TokenClaims } from "./token/token-claims.ts";
export { claimsOf } from "./token/token-claims.ts";

import { type MethodSelector, readMethodSelector } from "../method/method-selector.ts";
import { readBoolean, readList, readObject, readText } from "../option/option-value.ts";
import { type IsTrustedProxy, readTrustedProxies, type TrustedProxies } from "./trusted-proxy.ts";

/** Options of `app.register(grpcClientCert, options)`. */
export interface GrpcClientCertOptions {
  /**
   * Whether calls need a client certificate: all, or those of methods and handlers:
   * `["admin.v1.*", "library.v1.Library.DeleteBook", "/v1/files/{id}"]`. @default false
   */
  readonly requireClientCert?: boolean | readonly string[];
  /** Whether calls get `x-client-cert-*` as metadata, which no client can send then. @default false */
  readonly metadata?: boolean;
  /** Whose `x-forwarded-client-cert` is believed. @default nobody's */
  readonly forwardedCert?: TrustedProxies;
  /** The names of the gateways that it is for. @default all of the app */
  readonly gateways?: readonly string[];
}

/** Options that were read. */
export interface ResolvedClientCertOptions {
  readonly required: boolean | readonly MethodSelector[];
  readonly metadata: boolean;
  readonly isTrusted: IsTrustedProxy | undefined;
  readonly gateways: readonly string[] | undefined;
}

const keys = ["requireClientCert", "metadata", "forwardedCert", "gateways"] as const;

/** Reads options. Throws FST_GRPC_AUTH_*. */
export function resolveClientCertOptions(
  options: GrpcClientCertOptions,
): ResolvedClientCertOptions {
  const given = readObject(options, "", [...keys, "prefix", "logLevel"]);
  const { requireClientCert = false, metadata = false, forwardedCert, gateways } = given;
  return {
    required: Array.isArray(requireClientCert)
      ? readList(requireClientCert, "requireClientCert", readMethodSelector)
      : readBoolean(requireClientCert, "requireClientCert"),
    metadata: readBoolean(metadata, "metadata"),
    isTrusted:
      forwardedCert === undefined ? undefined : readTrustedProxies(forwardedCert, "forwardedCert"),
    gateways: gateways === undefined ? undefined : readList(gateways, "gateways", readText),
  };
}

import { rootCertificates } from "node:tls";
import { FST_GRPC_AUTH_TLS } from "../errors.ts";
import { GrpcTls, type TlsLog, type TlsStatus } from "./grpc-tls.ts";
import { resolveTlsOptions, type TlsFiles } from "./tls-options.ts";

/**
 * The files of the certificate that an app shows to its upstreams. `caFile` has the authorities of the upstreams'
 * own; without it they are those of Node.
 */
export interface UpstreamCertificateOptions extends TlsFiles {
  /** How often files are looked at where the file system tells nothing, in milliseconds. @default 60_000 */
  readonly pollMs?: number;
  /** Told of renewals, and of what is not taken: `app.log`. @default nobody */
  readonly log?: TlsLog;
}

type Listener<T> = (update: T | null) => void;

/** What grpc-js takes certificates from (its `CertificateProvider`, gRFC A29). */
export interface CertificateProviderLike {
  addCaCertificateListener(listener: Listener<{ caCertificate: Buffer }>): void;
  removeCaCertificateListener(listener: Listener<{ caCertificate: Buffer }>): void;
  addIdentityCertificateListener(
    listener: Listener<{ certificate: Buffer; privateKey: Buffer }>,
  ): void;
  removeIdentityCertificateListener(
    listener: Listener<{ certificate: Buffer; privateKey: Buffer }>,
  ): void;
}

/** The part of the module `@grpc/grpc-js` that is needed. */
export interface GrpcModule<Credentials> {
  readonly experimental: {
    createCertificateProviderChannelCredentials(
      ca: CertificateProviderLike,
      identity: CertificateProviderLike,
    ): Credentials;
  };
}

/** A client certificate for upstreams, renewed as its files change. */
export interface UpstreamCertificates {
  status(): TlsStatus;
  /** Looks at the files now; resolves to whether the certificate has changed. */
  reload(): Promise<boolean>;
  /**
   * Credentials of grpc-js for an upstream: connections from now on show the certificate that there is then. Takes the module
   * `@grpc/grpc-js` that the channels are made by. Throws FST_GRPC_AUTH_TLS for one that has no certificate providers.
   */
  channelCredentials<Credentials>(grpc: GrpcModule<Credentials>): Credentials;
  /** Ends the watching of the files. */
  close(): void;
}

/** Reads a client certificate, and watches its files. Rejects with FST_GRPC_AUTH_* for one that cannot be shown. */
export async function upstreamCertificates(
  options: UpstreamCertificateOptions,
): Promise<UpstreamCertificates> {
  const { log = silent, ...files } = options;
  const resolved = resolveTlsOptions(files);
  let tls: GrpcTls;
  try {
    tls = await GrpcTls.start(resolved, log);
  } catch (error) {
    throw Object.assign(new FST_GRPC_AUTH_TLS((error as Error).message), { cause: error });
  }
  const provider = providerOf(tls);
  return {
    status: () => tls.status(),
    reload: () => tls.reload(),
    channelCredentials(grpc) {
      const { createCertificateProviderChannelCredentials: create } = grpc.experimental ?? {};
      if (typeof create !== "function") {
        throw new FST_GRPC_AUTH_TLS("this @grpc/grpc-js has no certificate providers: use 1.14");
      }
      return create(provider, provider);
    },
    close: () => tls.close(),
  };
}

function providerOf(tls: GrpcTls): CertificateProviderLike {
  const authorities = new Set<Listener<{ caCertificate: Buffer }>>();
  const identities = new Set<Listener<{ certificate: Buffer; privateKey: Buffer }>>();
  const caOf = (): { caCertificate: Buffer } => ({
    caCertificate: Buffer.from(tls.current.ca ?? rootCertificates.join("\n")),
  });
  const identityOf = (): { certificate: Buffer; privateKey: Buffer } => ({
    certificate: Buffer.from(tls.current.cert),
    privateKey: Buffer.from(tls.current.key),
  });
  tls.onRenewal(() => {
    for (const listener of authorities) listener(caOf());
    for (const listener of identities) listener(identityOf());
  });
  return {
    addCaCertificateListener(listener) {
      authorities.add(listener);
      process.nextTick(() => listener(caOf()));
    },
    removeCaCertificateListener: (listener) => void authorities.delete(listener),
    addIdentityCertificateListener(listener) {
      identities.add(listener);
      process.nextTick(() => listener(identityOf()));
    },
    removeIdentityCertificateListener: (listener) => void identities.delete(listener),
  };
}

const silent: TlsLog = { info() {}, warn() {}, error() {} };

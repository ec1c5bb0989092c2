import { X509Certificate } from "node:crypto";
import { type CallContext, type ContextKey, contextKey } from "grpc-transcoding";
import { commonNameOf, readableSubject } from "./distinguished-name.ts";
import { parseAltNames } from "./subject-alt-names.ts";

/** Who is at the other end, by a certificate that was verified. */
export interface ClientIdentity {
  /** Whether it is that of the connection, or a trusted proxy's word for its client (`x-forwarded-client-cert`). */
  readonly source: "connection" | "forwarded";
  /** The subject as RFC 4514 has it: `CN=alice,O=Acme`; `""` where a proxy does not say. */
  readonly subject: string;
  /** The subject's CN; undefined where it has none, or several. */
  readonly commonName: string | undefined;
  /** The Subject Alternative Names by kind. */
  readonly dnsNames: readonly string[];
  readonly uris: readonly string[];
  readonly emails: readonly string[];
  readonly ipAddresses: readonly string[];
  /** `spiffe://domain/path`; undefined where the certificate is no X.509-SVID, which has exactly one URI. */
  readonly spiffeId: string | undefined;
  /** SHA-256 of the certificate, 64 hexadecimal digits in lower case; `""` where a proxy does not say. */
  readonly fingerprint: string;
}

const key: ContextKey<ClientIdentity | undefined> = contextKey<ClientIdentity | undefined>(
  "client certificate",
  undefined,
);

/** The client certificate of a call, once its policies have run; undefined for a client without one. */
export function clientIdentityOf(context: CallContext): ClientIdentity | undefined {
  return context.get(key);
}

/** Keeps the client certificate of a call. */
export function setClientIdentity(context: CallContext, identity: ClientIdentity): void {
  context.set(key, identity);
}

/** The identity that a certificate names, by its bytes (DER) or as PEM. Throws for what is no certificate. */
export function identityOfCertificate(
  bytes: Buffer | string,
  source: ClientIdentity["source"],
): ClientIdentity {
  const { subject, subjectAltName = "", fingerprint256 } = new X509Certificate(bytes);
  const names = parseAltNames(subjectAltName);
  const uris = names.get("URI") ?? [];
  return {
    source,
    subject: readableSubject(subject),
    commonName: commonNameOf(readableSubject(subject)),
    dnsNames: names.get("DNS") ?? [],
    uris,
    emails: names.get("email") ?? [],
    ipAddresses: names.get("IP Address") ?? [],
    spiffeId: spiffeIdOf(uris),
    fingerprint: fingerprint256.replaceAll(":", "").toLowerCase(),
  };
}

// SPIFFE-ID.md, sections 2.1 and 2.2: the characters of trust domain and path.
const spiffe = /^spiffe:\/\/[a-z0-9._-]{1,255}(?:\/[A-Za-z0-9._-]+)*$/;

/** X509-SVID.md, section 2: exactly one URI. */
export function spiffeIdOf(uris: readonly string[]): string | undefined {
  const [uri, ...more] = uris;
  if (uri === undefined || more.length > 0 || uri.length > 2048) return undefined;
  return spiffe.test(uri) && !/\/\.{1,2}(?:\/|$)/.test(uri) ? uri : undefined;
}

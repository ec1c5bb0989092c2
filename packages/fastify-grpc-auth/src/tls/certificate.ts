import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createSecureContext } from "node:tls";
import { readableSubject } from "../client-cert/distinguished-name.ts";
import { parseAltNames } from "../client-cert/subject-alt-names.ts";
import type { CertificateFiles } from "./tls-options.ts";

/** A certificate with its key, read and found to fit. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
  readonly ca: string | undefined;
  readonly passphrase: string | undefined;
  readonly subject: string;
  readonly dnsNames: readonly string[];
  /** SHA-256, hexadecimal in lower case. */
  readonly fingerprint: string;
  readonly validFrom: Date;
  readonly validTo: Date;
}

/** Reads a certificate and its key. Rejects with an Error that names the file for what nobody should serve. */
export async function readCertificate(files: CertificateFiles): Promise<Certificate> {
  const { certFile, keyFile, caFile, passphrase } = files;
  const [cert, key, ca] = await Promise.all([
    readFile(certFile, "utf8"),
    readFile(keyFile, "utf8"),
    caFile === undefined ? undefined : readFile(caFile, "utf8"),
  ]);
  const x509 = parsed(certFile, () => new X509Certificate(cert));
  const privateKey = parsed(keyFile, () =>
    createPrivateKey({ key, ...(passphrase !== undefined && { passphrase }) }),
  );
  if (!x509.checkPrivateKey(privateKey)) {
    throw new Error(`${keyFile} is not the key of ${certFile}`);
  }
  const validFrom = new Date(x509.validFrom);
  const validTo = new Date(x509.validTo);
  const now = Date.now();
  if (validTo.getTime() <= now) throw new Error(`${certFile} has expired: ${x509.validTo}`);
  if (validFrom.getTime() > now) throw new Error(`${certFile} is not good yet: ${x509.validFrom}`);
  if (ca !== undefined) parsed(caFile ?? "", () => checkAuthorities(ca));
  // What OpenSSL still has to say: a chain that is no PEM, a key that is too small.
  parsed(certFile, () => createSecureContext({ key, cert, ca, passphrase }));
  return {
    key,
    cert,
    ca,
    passphrase,
    subject: readableSubject(x509.subject ?? ""),
    dnsNames: parseAltNames(x509.subjectAltName ?? "").get("DNS") ?? [],
    fingerprint: x509.fingerprint256.replaceAll(":", "").toLowerCase(),
    validFrom,
    validTo,
  };
}

const pem = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

function checkAuthorities(text: string): void {
  const all = text.match(pem) ?? [];
  if (all.length === 0) throw new Error("it has no certificate");
  for (const one of all) new X509Certificate(one);
}

function parsed<T>(file: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new Error(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

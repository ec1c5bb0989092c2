import { isAbsolute, resolve } from "node:path";
import { readInteger, readMap, readObject, readText, wrongOption } from "../option/option-value.ts";

/** The files of one certificate. */
export interface TlsFiles {
  /** PEM: the certificate, then those of the authorities between it and a root. */
  readonly certFile: string;
  /** PEM: its private key. */
  readonly keyFile: string;
  /** PEM: the authorities whose client certificates are believed. @default those of the server's own option `ca` */
  readonly caFile?: string;
  /** Of the key, where it is encrypted. */
  readonly passphrase?: string;
}

/** Options of `app.register(grpcTls, options)`. */
export interface GrpcTlsOptions extends TlsFiles {
  /** Certificates by the host that a client asks for: `{ "a.example": { … }, "*.b.example": { … } }`. @default {} */
  readonly sni?: Readonly<Record<string, TlsFiles>>;
  /** How often files are looked at where the file system tells nothing, in milliseconds. @default 60_000 */
  readonly pollMs?: number;
}

/** The options of one certificate, with full paths. */
export interface CertificateFiles extends TlsFiles {
  /** The host, or `"default"`. */
  readonly name: string;
}

/** Options that were read. */
export interface ResolvedTlsOptions {
  /** The default one first. */
  readonly certificates: readonly [CertificateFiles, ...CertificateFiles[]];
  readonly pollMs: number;
}

const fileKeys = ["certFile", "keyFile", "caFile", "passphrase"] as const;

/** Reads options. Throws FST_GRPC_AUTH_*. */
export function resolveTlsOptions(options: GrpcTlsOptions): ResolvedTlsOptions {
  const given = readObject(options, "", [...fileKeys, "sni", "pollMs", "prefix", "logLevel"]);
  const { sni = {}, pollMs = 60_000, prefix: _prefix, logLevel: _level, ...files } = given;
  const hosts = readMap(sni, "sni", (value, path, host) => {
    if (!/^(?:\*\.)?[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/.test(host)) {
      throw wrongOption(path, host, 'give a host, or "*.example.com"');
    }
    return readFiles(value, path, host);
  });
  return {
    certificates: [readFiles(files, "", "default"), ...hosts.values()],
    pollMs: readInteger(pollMs, "pollMs", 10, 2 ** 31 - 1),
  };
}

function readFiles(value: unknown, path: string, name: string): CertificateFiles {
  const given = readObject(value, path || "of the plugin", fileKeys);
  const at = (key: string): string => (path === "" ? key : `${path}.${key}`);
  const fileOf = (key: "certFile" | "keyFile" | "caFile"): string => {
    const file = readText(given[key], at(key));
    return isAbsolute(file) ? file : resolve(file);
  };
  const { caFile, passphrase } = given;
  return {
    name,
    certFile: fileOf("certFile"),
    keyFile: fileOf("keyFile"),
    ...(caFile !== undefined && { caFile: fileOf("caFile") }),
    ...(passphrase !== undefined && { passphrase: readText(passphrase, at("passphrase")) }),
  };
}

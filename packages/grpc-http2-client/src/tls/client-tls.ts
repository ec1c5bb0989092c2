import { isIP } from "node:net";
import { type ConnectionOptions, createSecureContext, type SecureContext } from "node:tls";
import type { TlsOptions } from "./tls-options.ts";
import { WatchedFile } from "./watched-file.ts";

type Pem = string | Buffer | undefined;

/** What tls.connect takes for each new connection: with the certificates of that moment. */
export class ClientTls {
  private readonly serverName: string | undefined;
  private readonly sources: readonly (() => Pem)[];
  private parts: readonly Pem[] = [];
  private context: SecureContext | undefined;

  /** Throws an Error that names the option for a file that cannot be read, or for what is no certificate. */
  constructor(options: TlsOptions, host: string) {
    const { ca, cert, key, caFile, certFile, keyFile, serverName } = options;
    this.serverName = serverName ?? (isIP(host) === 0 ? host : undefined);
    this.sources = [source(ca, caFile), source(cert, certFile), source(key, keyFile)];
    try {
      this.refresh();
    } catch (error) {
      throw new Error(`option "tls" cannot be used: ${(error as Error).message}`);
    }
  }

  connectionOptions(): ConnectionOptions {
    try {
      this.refresh();
    } catch {
      // A certificate and a key of two turns of a rotation; the ones of before still fit.
    }
    const { context, serverName } = this;
    return {
      ...(context !== undefined && { secureContext: context }),
      ...(serverName !== undefined && { servername: serverName }),
    };
  }

  private refresh(): void {
    const parts = this.sources.map((read) => read());
    if (this.context !== undefined && parts.every((part, at) => part === this.parts[at])) return;
    const [ca, cert, key] = parts;
    this.context = createSecureContext({
      ...(ca !== undefined && { ca }),
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
    });
    this.parts = parts;
  }
}

function source(given: Pem, path: string | undefined): () => Pem {
  if (path === undefined) return () => given;
  const file = new WatchedFile(path);
  return () => file.read();
}

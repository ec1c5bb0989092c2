import { randomBytes } from "node:crypto";
import type { Server } from "node:tls";
import type { FastifyBaseLogger } from "fastify";
import { type Certificate, readCertificate } from "./certificate.ts";
import { type NamedCertificate, renewServer } from "./renew-server.ts";
import type { CertificateFiles, ResolvedTlsOptions } from "./tls-options.ts";
import { WatchedFolders } from "./watched-folders.ts";

/** Where it is told that certificates were renewed, or not taken. */
export type TlsLog = Pick<FastifyBaseLogger, "info" | "warn" | "error">;

/** One certificate that an app shows. */
export interface CertificateStatus {
  /** The host that it is for, or `"default"`. */
  readonly name: string;
  readonly subject: string;
  readonly dnsNames: readonly string[];
  /** SHA-256, hexadecimal in lower case. */
  readonly fingerprint: string;
  readonly validFrom: Date;
  readonly validTo: Date;
  /** Since when it is shown. */
  readonly since: Date;
  /** Why what its files have now is not shown; undefined where it is. */
  readonly problem: string | undefined;
}

/** What an app's TLS is at this moment. */
export interface TlsStatus {
  /** The default one first. */
  readonly certificates: readonly CertificateStatus[];
  /** How often certificates have changed since the start. */
  readonly renewals: number;
}

interface Held {
  readonly files: CertificateFiles;
  current: Certificate;
  since: Date;
  problem: string | undefined;
  /** The problem that the log has told of. */
  told: string | undefined;
}

// A pair is written as two files: it may not fit for a moment.
const retryMs = 100;
const maxRetries = 10;

/** The certificates of an app, renewed as their files change: `app.grpcTls`. */
export class GrpcTls {
  readonly #held: readonly Held[];
  readonly #log: TlsLog;
  readonly #watched: WatchedFolders;
  readonly #servers = new Set<Server>();
  readonly #listeners: (() => void)[] = [];
  #ticketKeys = randomBytes(48);
  #renewals = 0;
  #retries = 0;
  #retry: NodeJS.Timeout | undefined;
  #running: Promise<boolean> | undefined;
  #isClosed = false;

  private constructor(held: readonly Held[], pollMs: number, log: TlsLog) {
    this.#held = held;
    this.#log = log;
    const files = held.flatMap(({ files: { certFile, keyFile, caFile } }) =>
      caFile === undefined ? [certFile, keyFile] : [certFile, keyFile, caFile],
    );
    this.#watched = new WatchedFolders(files, pollMs, () => void this.reload());
  }

  /** Reads all certificates. Rejects with an Error that names the file of one that cannot be shown. */
  static async start({ certificates, pollMs }: ResolvedTlsOptions, log: TlsLog): Promise<GrpcTls> {
    const held = await Promise.all(
      certificates.map(async (files) => ({
        files,
        current: await readCertificate(files),
        since: new Date(),
        problem: undefined,
        told: undefined,
      })),
    );
    return new GrpcTls(held, pollMs, log);
  }

  status(): TlsStatus {
    return {
      renewals: this.#renewals,
      certificates: this.#held.map(({ files, current, since, problem }) => {
        const { subject, dnsNames, fingerprint, validFrom, validTo } = current;
        return {
          ...{ name: files.name, subject, dnsNames, fingerprint },
          ...{ validFrom, validTo, since, problem },
        };
      }),
    };
  }

  /**
   * Looks at the files now. Resolves to whether certificates have changed. A pair that does not fit, or is out of date, changes
   * nothing: the old one stays, and the log and {@link status} say why.
   */
  reload(): Promise<boolean> {
    this.#retries = 0;
    return this.#look();
  }

  #look(): Promise<boolean> {
    this.#running ??= this.#reload().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** The default certificate. */
  get current(): Certificate {
    return (this.#held[0] as Held).current;
  }

  /** Calls back when certificates have changed. */
  onRenewal(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Shows the certificates on a server, now and when they change. */
  serve(server: Server): void {
    this.#servers.add(server);
    renewServer(server, this.#named(), this.#ticketKeys);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    this.#watched.close();
  }

  async #reload(): Promise<boolean> {
    clearTimeout(this.#retry);
    const changed = await Promise.all(this.#held.map((held) => this.#read(held)));
    if (this.#isClosed) return false;
    const isChanged = changed.includes(true);
    if (isChanged) this.#renew();
    const hasProblem = this.#held.some(({ problem }) => problem !== undefined);
    if (hasProblem && this.#retries < maxRetries) {
      this.#retries += 1;
      this.#retry = setTimeout(() => void this.#look(), retryMs).unref();
    }
    return isChanged;
  }

  #renew(): void {
    this.#ticketKeys = randomBytes(48);
    this.#renewals += 1;
    for (const listener of this.#listeners) listener();
    for (const server of this.#servers) {
      try {
        renewServer(server, this.#named(), this.#ticketKeys);
      } catch (error) {
        // What the server was made with, its ciphers for example, may not go with the certificate.
        this.#log.error({ err: error }, "a server does not take its new TLS certificate");
      }
    }
  }

  /** Whether there is another certificate than before. */
  async #read(held: Held): Promise<boolean> {
    const { files, current } = held;
    try {
      const read = await readCertificate(files);
      held.problem = undefined;
      held.told = undefined;
      if (read.cert === current.cert && read.key === current.key && read.ca === current.ca) {
        return false;
      }
      held.current = read;
      held.since = new Date();
      const { subject, fingerprint, validTo } = read;
      this.#log.info(
        { certificate: files.name, subject, fingerprint, validTo },
        "a TLS certificate was renewed",
      );
      return true;
    } catch (error) {
      const { message } = error as Error;
      held.problem = message;
      if (this.#retries >= maxRetries && held.told !== message) {
        held.told = message;
        this.#log.warn({ err: error, certificate: files.name }, "a TLS certificate is not taken");
      }
      return false;
    }
  }

  #named(): readonly [NamedCertificate, ...NamedCertificate[]] {
    const all = this.#held.map(({ files, current }) => ({ ...current, name: files.name }));
    return all as [NamedCertificate, ...NamedCertificate[]];
  }
}

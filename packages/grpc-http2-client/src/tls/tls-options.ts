/** TLS to the server: who is trusted, and who we are. Files are read again for a new connection when they changed. */
export interface TlsOptions {
  /** Trusted authorities in PEM. @default those of Node */
  readonly ca?: string | Buffer;
  /** Our certificate and its key in PEM, for servers that ask for one. */
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  /** The same as paths of files. */
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  /** The name that the server's certificate must have, and that it is asked for. @default the target's host */
  readonly serverName?: string;
}

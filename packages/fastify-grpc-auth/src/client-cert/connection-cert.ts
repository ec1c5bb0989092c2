import type { TLSSocket } from "node:tls";
import type { AuthContext, PolicyCall } from "grpc-transcoding";
import { type ClientIdentity, identityOfCertificate } from "./client-identity.ts";
import { forwardedIdentity } from "./forwarded-cert.ts";
import type { IsTrustedProxy } from "./trusted-proxy.ts";

/** The certificate of a socket's other end; undefined for none, and for one that nobody has verified. */
export function identityOfSocket(socket: object): ClientIdentity | undefined {
  const { encrypted, authorized } = socket as Partial<TLSSocket>;
  if (encrypted !== true || authorized !== true) return undefined;
  return remembered(socket, () => (socket as TLSSocket).getPeerCertificate());
}

/** The certificate of a call's connection. */
export function identityOfConnection(context: AuthContext | undefined): ClientIdentity | undefined {
  const certificate = context?.sslPeerCertificate;
  return context && certificate && remembered(context, () => certificate);
}

// A connection keeps its certificate, and many calls.
const identities = new WeakMap<object, ClientIdentity>();

function remembered(holder: object, certificateOf: () => object): ClientIdentity | undefined {
  const known = identities.get(holder);
  if (known !== undefined) return known;
  const { raw } = (certificateOf() ?? {}) as { readonly raw?: unknown };
  if (!(raw instanceof Uint8Array)) return undefined;
  const identity = identityOfCertificate(Buffer.from(raw), "connection");
  identities.set(holder, identity);
  return identity;
}

/** What is known of a request beside the certificate of its connection. */
export interface ForwardedParts {
  readonly headers: PolicyCall["headers"];
  /** Of the connection itself, whatever `trustProxy` says. */
  readonly address: string | undefined;
}

const clients = new WeakMap<object, ClientIdentity | null>();

/** The client of a request of Node's, found out once: policies may take away the header that names it. */
export function clientOfRequest(
  raw: object,
  find: () => ClientIdentity | undefined,
): ClientIdentity | null {
  const known = clients.get(raw);
  if (known !== undefined) return known;
  const client = find() ?? null;
  clients.set(raw, client);
  return client;
}

/** The header by which proxies name their clients. */
export const forwardedHeader = "x-forwarded-client-cert";

/** The client of a request: the connection's, or, of a trusted proxy, the one that it names. A proxy is no client. */
export function clientOf(
  connection: ClientIdentity | undefined,
  { headers, address }: ForwardedParts,
  isTrusted: IsTrustedProxy | undefined,
): ClientIdentity | undefined {
  if (isTrusted?.(address, connection) !== true) return connection;
  const header = headers[forwardedHeader];
  // Node joins several by a comma, as the proxy does itself.
  const text = typeof header === "object" ? header.join(",") : header;
  return text === undefined ? undefined : forwardedIdentity(text);
}

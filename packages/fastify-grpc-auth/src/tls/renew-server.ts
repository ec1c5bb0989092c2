import { createSecureContext, type SecureContextOptions, type Server } from "node:tls";
import type { Certificate } from "./certificate.ts";

/** A certificate, and the host that it is for. */
export interface NamedCertificate extends Certificate {
  readonly name: string;
}

/** What a server keeps of how it was made; `setSecureContext` forgets what it is not told again. */
type KeptOptions = Pick<
  SecureContextOptions,
  | "ca"
  | "ciphers"
  | "crl"
  | "dhparam"
  | "ecdhCurve"
  | "honorCipherOrder"
  | "maxVersion"
  | "minVersion"
  | "secureOptions"
  | "secureProtocol"
  | "sessionIdContext"
  | "sessionTimeout"
  | "sigalgs"
>;

const keptKeys = [
  "ca",
  "ciphers",
  "crl",
  "dhparam",
  "ecdhCurve",
  "honorCipherOrder",
  "maxVersion",
  "minVersion",
  "secureOptions",
  "secureProtocol",
  "sessionIdContext",
  "sessionTimeout",
  "sigalgs",
] as const satisfies readonly (keyof KeptOptions)[];

/** Node's list of contexts by host, the last one first; undefined in a Node that keeps it elsewhere. */
type Contexts = { _contexts?: unknown[] };

const own = new WeakMap<Server, unknown[]>();

/**
 * Makes a server show these certificates, the default one first, to connections from now on. `ticketKeys` are new with
 * each renewal: a session that is resumed would keep the identity of its client, whatever the authorities say now.
 */
export function renewServer(
  server: Server,
  [main, ...hosts]: readonly [NamedCertificate, ...NamedCertificate[]],
  ticketKeys: Buffer,
): void {
  const kept = keptOptions(server);
  server.setSecureContext({ ...kept, ...contextOf(main, kept.ca), ticketKeys } as never);
  const { _contexts: contexts } = server as Contexts;
  if (contexts !== undefined) {
    const old = own.get(server) ?? [];
    contexts.splice(0, contexts.length, ...contexts.filter((entry) => !old.includes(entry)));
  }
  // Names before patterns: the last one that fits counts.
  const ordered = [...hosts].sort((a, b) => Number(isPattern(b)) - Number(isPattern(a)));
  for (const host of ordered) {
    const options = { ...kept, ...contextOf(host, main.ca ?? kept.ca), ticketKeys };
    server.addContext(host.name, createSecureContext(options) as never);
  }
  if (contexts !== undefined && hosts.length > 0) own.set(server, contexts.slice(-hosts.length));
}

function isPattern({ name }: NamedCertificate): boolean {
  return name.startsWith("*");
}

function contextOf(
  { key, cert, ca, passphrase }: Certificate,
  otherCa: SecureContextOptions["ca"],
): SecureContextOptions {
  return { key, cert, ca: ca ?? otherCa, passphrase };
}

function keptOptions(server: Server): KeptOptions {
  const members = server as unknown as Record<string, unknown>;
  const kept = keptKeys.filter((key) => members[key] !== undefined);
  return Object.fromEntries(kept.map((key) => [key, members[key]]));
}

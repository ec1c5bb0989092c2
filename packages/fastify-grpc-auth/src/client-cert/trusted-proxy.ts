import { BlockList, isIP } from "node:net";
import { quote, readList, readObject, readText, wrongOption } from "../option/option-value.ts";
import type { ClientIdentity } from "./client-identity.ts";

/** Which proxies tell the truth about their clients' certificates: those that any of these names. */
export interface TrustedProxies {
  /** Addresses and networks of the connection itself: `"10.0.0.7"`, `"10.0.0.0/8"`, `"fd00::/8"`. */
  readonly addresses?: readonly string[];
  /** By the proxy's own certificate. */
  readonly spiffeIds?: readonly string[];
  readonly dnsNames?: readonly string[];
  /** SHA-256, hexadecimal. */
  readonly fingerprints?: readonly string[];
}

/** Whether the other end of a connection is such a proxy: by its address, and by its own certificate where it has one. */
export type IsTrustedProxy = (
  address: string | undefined,
  certificate: ClientIdentity | undefined,
) => boolean;

/** Reads the option. Throws FST_GRPC_AUTH_*. */
export function readTrustedProxies(value: unknown, path: string): IsTrustedProxy {
  const kinds = ["addresses", "spiffeIds", "dnsNames", "fingerprints"] as const;
  const given = readObject(value, path, kinds);
  const textsOf = (kind: (typeof kinds)[number]): readonly string[] =>
    readList(given[kind] ?? [], `${path}.${kind}`, readText);
  if (kinds.every((kind) => textsOf(kind).length === 0)) {
    throw wrongOption(path, value, `name the proxies by ${kinds.join(", ")}`);
  }
  const networks = readNetworks(textsOf("addresses"), `${path}.addresses`);
  const spiffeIds = new Set(textsOf("spiffeIds"));
  const dnsNames = new Set(textsOf("dnsNames"));
  const fingerprints = new Set(
    textsOf("fingerprints").map((text) => text.replaceAll(":", "").toLowerCase()),
  );
  return (address, certificate) => {
    if (address !== undefined && isWithin(networks, address)) return true;
    if (certificate === undefined) return false;
    const { spiffeId, fingerprint, dnsNames: names } = certificate;
    return (
      (spiffeId !== undefined && spiffeIds.has(spiffeId)) ||
      fingerprints.has(fingerprint) ||
      names.some((name) => dnsNames.has(name))
    );
  };
}

function readNetworks(texts: readonly string[], path: string): BlockList {
  const networks = new BlockList();
  for (const [at, text] of texts.entries()) {
    const [, address = "", bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
    const version = isIP(address);
    const most = version === 4 ? 32 : 128;
    if (version === 0 || Number(bits ?? most) > most) {
      throw wrongOption(`${path}[${at}]`, text, `give an address or a network, not ${quote(text)}`);
    }
    networks.addSubnet(address, Number(bits ?? most), version === 4 ? "ipv4" : "ipv6");
  }
  return networks;
}

function isWithin(networks: BlockList, address: string): boolean {
  // A socket that takes both kinds shows those of IPv4 as of IPv6 (RFC 4291, section 2.5.5.2).
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, "");
  const version = isIP(plain);
  return version !== 0 && networks.check(plain, version === 4 ? "ipv4" : "ipv6");
}

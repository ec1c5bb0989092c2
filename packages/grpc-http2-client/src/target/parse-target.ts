import { isIP } from "node:net";
import type { Address } from "./address.ts";

/** A target as it was understood. */
export interface Target {
  /** The addresses where they are given, undefined for a name to resolve. */
  readonly addresses: readonly Address[] | undefined;
  readonly host: string;
  readonly port: number;
  /** What calls say in `:authority`, unless told otherwise. */
  readonly authority: string;
}

// As grpc-js, for names without a port.
const defaultPort = 443;

/**
 * Reads a target (gRPC naming, doc/naming.md): `host:port`, `dns:///host:port`, `unix:/path`, `unix:///path`,
 * `ipv4:a:port,b:port`, `ipv6:[a]:port,…`. Throws an Error that says what is wrong.
 */
export function parseTarget(text: string): Target {
  const [, scheme = "", rest = text] = /^(dns|unix|ipv4|ipv6):(.*)$/is.exec(text) ?? [];
  switch (scheme.toLowerCase()) {
    case "unix":
      return unixTarget(rest, text);
    case "ipv4":
    case "ipv6":
      return listTarget(rest, scheme.toLowerCase() === "ipv4" ? 4 : 6, text);
    case "dns":
      return hostTarget(rest.replace(/^\/\/\//, ""), text);
    default:
      return hostTarget(text, text);
  }
}

function unixTarget(rest: string, text: string): Target {
  const path = rest.replace(/^\/\/(?=\/)/, "");
  if (path === "" || path.startsWith("//")) refuse(text, "a unix target needs a path");
  return { addresses: [{ path }], host: "localhost", port: 0, authority: "localhost" };
}

function listTarget(rest: string, family: 4 | 6, text: string): Target {
  const addresses = rest.split(",").map((one) => {
    const { host, port } = hostAndPort(one, text);
    if (isIP(host) !== family) refuse(text, `${JSON.stringify(host)} is no IPv${family} address`);
    return { host, port };
  });
  const [first] = addresses as [{ host: string; port: number }];
  const [authority = ""] = rest.split(",", 1);
  return { addresses, host: first.host, port: first.port, authority };
}

function hostTarget(rest: string, text: string): Target {
  const { host, port } = hostAndPort(rest, text);
  const addresses = isIP(host) > 0 ? [{ host, port }] : undefined;
  return { addresses, host, port, authority: rest };
}

function hostAndPort(text: string, target: string): { host: string; port: number } {
  const match =
    /^\[([0-9a-f:.%\w]+)\](?::(\d{1,5}))?$/i.exec(text) ??
    /^([^:/?#@[\]\s]+)(?::(\d{1,5}))?$/.exec(text);
  if (match === null) {
    // A bare IPv6 address has no port.
    if (isIP(text) === 6) return { host: text, port: defaultPort };
    refuse(target, 'write "host:port", "dns:///host:port", "unix:/path", "ipv4:…" or "ipv6:…"');
  }
  const [, host = "", port] = match;
  const number = port === undefined ? defaultPort : Number(port);
  if (number < 1 || number > 65_535) refuse(target, `there is no port ${port}`);
  return { host, port: number };
}

function refuse(text: string, why: string): never {
  throw new Error(`the target ${JSON.stringify(text)} cannot be used: ${why}`);
}

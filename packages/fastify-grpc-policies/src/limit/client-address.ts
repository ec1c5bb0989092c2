import { isIPv6 } from "node:net";

/**
 * Whose address a client's is: IPv4 as it is, of IPv6 the /64 network, since one client has all of that. `address` may
 * have a port, as `203.0.113.7:4711` and `[2001:db8::1]:4711` do.
 */
export function clientNetwork(address: string): string {
  const host = withoutPort(address);
  if (!isIPv6(host)) return host;
  const groups = groupsOf(host.split("%", 1)[0] ?? "");
  const [high = 0, low = 0] = groups.slice(6);
  // ::ffff:0:0/96 is IPv4 in the form of IPv6 (RFC 4291 section 2.5.5.2), as sockets of both have it.
  if (groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0)) {
    return [high >> 8, high & 255, low >> 8, low & 255].join(".");
  }
  const network = groups.slice(0, 4).map((group) => group.toString(16));
  return `${network.join(":")}::/64`;
}

/** The eight groups of an IPv6 address, as numbers. */
function groupsOf(address: string): readonly number[] {
  const [head = "", tail] = address.split("::");
  const before = numbersOf(head);
  const after = numbersOf(tail ?? "");
  const zeros = Array<number>(Math.max(0, 8 - before.length - after.length)).fill(0);
  return [...before, ...zeros, ...after];
}

/** A trailing IPv4 address stands for two groups. */
function numbersOf(part: string): readonly number[] {
  if (part === "") return [];
  return part.split(":").flatMap((group) => {
    if (!group.includes(".")) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split(".").map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}

function withoutPort(address: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(address)?.[1];
  if (bracketed !== undefined) return bracketed;
  const colon = address.indexOf(":");
  return colon >= 0 && colon === address.lastIndexOf(":") ? address.slice(0, colon) : address;
}

import { lookup } from "node:dns/promises";
import type { Address } from "./address.ts";
import type { Target } from "./parse-target.ts";

/** All addresses of a target, in the order of the system's resolver. Rejects where it knows none. */
export async function resolveTarget(
  { addresses, host, port }: Target,
  hasProxy: boolean,
): Promise<readonly Address[]> {
  if (addresses !== undefined) return addresses;
  // The proxy looks the name up.
  if (hasProxy) return [{ host, port }];
  const found = await lookup(host, { all: true, verbatim: true });
  return found.map(({ address }) => ({ host: address, port }));
}

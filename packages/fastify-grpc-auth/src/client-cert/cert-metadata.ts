import type { MetadataChange } from "grpc-transcoding";
import { encodeClaim } from "../claims/claim-text.ts";
import { foldedKey } from "../claims/key-spelling.ts";
import type { ClientIdentity } from "./client-identity.ts";
import { forwardedHeader } from "./connection-cert.ts";

const prefix = "x-client-cert-";

/** Whether a lower-case key is some spelling of one that names a client's certificate. */
export function isCertKey(key: string): boolean {
  const folded = foldedKey(key);
  return folded.startsWith(prefix) || isForwardedKey(key);
}

/** Whether it is some spelling of the proxies' header. */
export function isForwardedKey(key: string): boolean {
  return foldedKey(key) === forwardedHeader;
}

/** The metadata of a client's certificate; of a client without one none. */
export function certMetadata(
  identity: ClientIdentity | undefined,
): Readonly<Record<string, MetadataChange>> {
  const { percent, list } = encodeClaim;
  return {
    [`${prefix}subject`]: textOf(percent(identity?.subject)),
    [`${prefix}cn`]: textOf(percent(identity?.commonName)),
    [`${prefix}spiffe`]: textOf(identity?.spiffeId),
    [`${prefix}dns`]: textOf(list([...(identity?.dnsNames ?? [])])),
    [`${prefix}uri`]: textOf(list([...(identity?.uris ?? [])])),
    [`${prefix}fingerprint`]: textOf(percent(identity?.fingerprint)),
  };
}

function textOf(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}

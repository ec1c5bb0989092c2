import type { StripsKey } from "grpc-transcoding";

// grpc-gateway's prefixes; a gateway behind this one takes them off.
const prefixes = /^(?:grpc-metadata-|grpcgateway-)+/;

/**
 * A metadata key without what servers make no difference of: `_` and `.` are `-` (CGI, nginx), prefixes of gateways, the
 * `-bin` of its twin. Lower case.
 */
export function foldedKey(key: string): string {
  return key
    .replaceAll(/[_.]/g, "-")
    .replace(prefixes, "")
    .replace(/(?:-bin)+$/, "");
}

// Clients choose keys, so what is remembered of them must be bounded.
const maxRemembered = 512;

/** Whether a lower-case key is some spelling of one of these folded keys. */
export function spellingsOf(folded: readonly string[]): StripsKey {
  const claimed = new Set(folded);
  const known = new Map<string, boolean>();
  return (key) => {
    const answer = known.get(key);
    if (answer !== undefined) return answer;
    const decided = claimed.has(foldedKey(key));
    if (known.size < maxRemembered) known.set(key, decided);
    return decided;
  };
}

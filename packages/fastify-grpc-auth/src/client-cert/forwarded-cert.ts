import { type ClientIdentity, identityOfCertificate, spiffeIdOf } from "./client-identity.ts";
import { commonNameOf } from "./distinguished-name.ts";

// A value is quoted where it has `,`, `;`, `=` or a quote in it; only the quote is escaped then.
const pair = /([A-Za-z]+)=("(?:[^"\\]|\\.)*"|[^,;"]*)(;|,|$)/gy;

/**
 * The client that a trusted proxy names by `x-forwarded-client-cert` (Envoy, HTTP header manipulation): its last
 * element, which is the proxy's own. Undefined for a header that cannot be read, or that names nobody.
 */
export function forwardedIdentity(header: string): ClientIdentity | undefined {
  const element = lastElement(header);
  if (element === undefined) return undefined;
  const [cert] = element.get("cert") ?? element.get("chain") ?? [];
  if (cert !== undefined) return identityOfText(cert);
  const subject = element.get("subject")?.[0] ?? "";
  const [fingerprint = ""] = element.get("hash") ?? [];
  const uris = element.get("uri") ?? [];
  const dnsNames = element.get("dns") ?? [];
  if (subject === "" && fingerprint === "" && uris.length + dnsNames.length === 0) return undefined;
  return {
    source: "forwarded",
    subject,
    commonName: commonNameOf(subject),
    dnsNames,
    uris,
    emails: [],
    ipAddresses: [],
    spiffeId: spiffeIdOf(uris),
    fingerprint: fingerprint.toLowerCase(),
  };
}

type Element = ReadonlyMap<string, readonly string[]>;

function lastElement(header: string): Element | undefined {
  let element = new Map<string, string[]>();
  pair.lastIndex = 0;
  while (pair.lastIndex < header.length) {
    const found = pair.exec(header);
    if (found === null) return undefined;
    const [, name = "", value = "", mark] = found;
    const text = value.startsWith('"') ? value.slice(1, -1).replaceAll('\\"', '"') : value;
    const key = name.toLowerCase();
    if (text !== "") element.set(key, [...(element.get(key) ?? []), text]);
    if (mark === ",") element = new Map();
  }
  return element;
}

/** A PEM, as a URL's component. */
function identityOfText(encoded: string): ClientIdentity | undefined {
  try {
    return identityOfCertificate(decodeURIComponent(encoded), "forwarded");
  } catch {
    return undefined;
  }
}

/** Subject Alternative Names by their kind as OpenSSL calls it: `DNS`, `URI`, `email`, `IP Address`. */
export type AltNames = ReadonlyMap<string, readonly string[]>;

// A name that has commas, quotes or control characters is JSON text in Node (CVE-2021-44532).
const altName = /([A-Za-z][A-Za-z0-9 ]*):("(?:[^"\\]|\\.)*"|[^,]*)(?:, |$)/gy;

/** Reads `X509Certificate.subjectAltName`: `DNS:a, URI:"spiffe://a\u002cb"`. What it cannot read is no name. */
export function parseAltNames(text: string): AltNames {
  const names = new Map<string, string[]>();
  altName.lastIndex = 0;
  let end = 0;
  for (let found = altName.exec(text); found !== null; found = altName.exec(text)) {
    const [, kind = "", value = ""] = found;
    end = altName.lastIndex;
    const name = value.startsWith('"') ? String(JSON.parse(value)) : value;
    names.set(kind, [...(names.get(kind) ?? []), name]);
    if (end === text.length) break;
  }
  return end === text.length ? names : new Map();
}

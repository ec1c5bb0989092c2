import type { MetadataEntries, MetadataEntry } from "../model/metadata.ts";
import { isBinaryKey, isLegalKey, isLegalText } from "../model/metadata-value.ts";
import { isDeniedRequestKey } from "../model/reserved-keys.ts";

/**
 * Request metadata with the app's own entries, which replace all others of their keys; keys in any case.
 * Throws a TypeError that names the key of an entry that cannot be sent: a service would take the call
 * without it for another's.
 */
export function replaceMetadata(
  entries: MetadataEntries,
  own: Iterable<MetadataEntry>,
): MetadataEntries {
  if (typeof own?.[Symbol.iterator] !== "function") {
    throw new TypeError("metadata must be a list of [key, value]");
  }
  const checked = Array.from(own, checkEntry);
  const keys = new Set(checked.map(([key]) => key));
  return [...entries.filter(([key]) => !keys.has(key)), ...checked];
}

/** An entry with its key in lower case. Throws a TypeError that names the key of one that cannot be sent. */
export function checkEntry(entry: unknown): MetadataEntry {
  if (!Array.isArray(entry) || typeof entry[0] !== "string") {
    throw new TypeError("an entry of metadata must be [key, value]");
  }
  const [name, value] = entry;
  const key = name.toLowerCase();
  const fault = faultOf(key, value);
  if (fault !== undefined) throw new TypeError(`metadata ${JSON.stringify(name)} ${fault}`);
  return [key, value];
}

function faultOf(key: string, value: unknown): string | undefined {
  if (!isLegalKey(key)) return "is no metadata key";
  if (isDeniedRequestKey(key)) return "is a key that no call may carry";
  if (isBinaryKey(key)) {
    return value instanceof Uint8Array ? undefined : "must have bytes (Uint8Array) as its value";
  }
  const isText = typeof value === "string" && isLegalText(value);
  return isText ? undefined : "must have printable ASCII text as its value";
}

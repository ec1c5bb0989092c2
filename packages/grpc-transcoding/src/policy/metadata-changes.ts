import type { MetadataEntries, MetadataEntry } from "../metadata/metadata.ts";
import { isBinaryKey, isLegalKey, isLegalText } from "../metadata/metadata-value.ts";
import { isDeniedRequestKey } from "../metadata/reserved-keys.ts";
import type { MetadataChange } from "./policy.ts";

/** The values that keys have from now on; none for a key that is removed. */
export type MetadataChanges = ReadonlyMap<string, readonly (string | Uint8Array)[]>;

/**
 * Adds the changes of a verdict to those before it. Throws a TypeError for metadata that no call may have: a
 * reserved key, or a value that its key cannot carry.
 */
export function addChanges(
  before: MetadataChanges | undefined,
  changes: Readonly<Record<string, MetadataChange>>,
): MetadataChanges {
  const all = new Map(before);
  for (const [name, change] of Object.entries(changes)) {
    const key = name.toLowerCase();
    const values = change === undefined ? [] : Array.isArray(change) ? change : [change];
    all.set(
      key,
      values.map((value) => checked(key, value)),
    );
  }
  return all;
}

function checked(key: string, value: string | Uint8Array): string | Uint8Array {
  if (!isLegalKey(key) || isDeniedRequestKey(key)) {
    throw new TypeError(
      `a policy sets the metadata ${JSON.stringify(key)}, which no call may have`,
    );
  }
  const fits = isBinaryKey(key)
    ? value instanceof Uint8Array
    : typeof value === "string" && isLegalText(value);
  if (fits) return value;
  throw new TypeError(
    `a policy sets the metadata ${JSON.stringify(key)} to a value that it cannot have: keys in -bin take bytes, others printable ASCII`,
  );
}

/** Metadata with the changes made. */
export function changeEntries(
  entries: MetadataEntries,
  changes: MetadataChanges | undefined,
): MetadataEntries {
  if (changes === undefined) return entries;
  const changed: MetadataEntry[] = entries.filter(([key]) => !changes.has(key));
  for (const [key, values] of changes) for (const value of values) changed.push([key, value]);
  return changed;
}

import { checkEntry } from "../metadata/replace-metadata.ts";
import type { MetadataEntries, MetadataEntry } from "../model/metadata.ts";
import type { MetadataChange } from "./policy.ts";

/** The values that keys have from now on; none for a key that is removed. */
export type MetadataChanges = ReadonlyMap<string, readonly (string | Uint8Array)[]>;

/**
 * Adds the changes of a verdict to those before it. Throws a TypeError that names the key of one that no call may
 * have: a reserved key, or a value that its key cannot carry.
 */
export function addChanges(
  before: MetadataChanges | undefined,
  changes: Readonly<Record<string, MetadataChange>>,
): MetadataChanges {
  const all = new Map(before);
  for (const [name, change] of Object.entries(changes)) {
    const values = change === undefined ? [] : Array.isArray(change) ? change : [change];
    all.set(
      name.toLowerCase(),
      values.map((value) => checkEntry([name, value])[1]),
    );
  }
  return all;
}

/** Entries as changes: each key has these values alone. Throws a TypeError as {@link addChanges} does. */
export function entryChanges(entries: Iterable<MetadataEntry>): MetadataChanges {
  const all = new Map<string, (string | Uint8Array)[]>();
  for (const entry of entries) {
    const [key, value] = checkEntry(entry);
    all.set(key, [...(all.get(key) ?? []), value]);
  }
  return all;
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

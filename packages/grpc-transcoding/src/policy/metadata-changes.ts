import { checkEntry } from "../metadata/replace-metadata.ts";
import type { MetadataEntries, MetadataEntry } from "../model/metadata.ts";
import type { MetadataChange, StripsKey } from "./policy.ts";

/** What a call's metadata is from now on, whatever its client sent. */
export interface MetadataChanges {
  /** The values that keys have; none for a key that is removed. */
  readonly values: ReadonlyMap<string, readonly (string | Uint8Array)[]>;
  /** Whether a further key goes. */
  readonly strips?: StripsKey | undefined;
}

const none: MetadataChanges = { values: new Map() };

/**
 * Adds the changes of a verdict to those before it. Throws a TypeError that names the key of one that no call may
 * have: a reserved key, or a value that its key cannot carry.
 */
export function addChanges(
  before: MetadataChanges = none,
  changes: Readonly<Record<string, MetadataChange>> = {},
  strips?: StripsKey,
): MetadataChanges {
  const all = new Map([...before.values].filter(([key]) => strips?.(key) !== true));
  for (const [name, change] of Object.entries(changes)) {
    const values = change === undefined ? [] : Array.isArray(change) ? change : [change];
    all.set(
      name.toLowerCase(),
      values.map((value) => checkEntry([name, value])[1]),
    );
  }
  return { values: all, strips: eitherOf(before.strips, strips) };
}

function eitherOf(one: StripsKey | undefined, other: StripsKey | undefined): StripsKey | undefined {
  if (one === undefined || other === undefined || one === other) return one ?? other;
  return (key) => one(key) || other(key);
}

/** Entries as changes: each key has these values alone. Throws a TypeError as {@link addChanges} does. */
export function entryChanges(entries: Iterable<MetadataEntry>): MetadataChanges {
  const values = new Map<string, (string | Uint8Array)[]>();
  for (const entry of entries) {
    const [key, value] = checkEntry(entry);
    values.set(key, [...(values.get(key) ?? []), value]);
  }
  return { values };
}

/** Whether the changes leave nothing of what a client sent under a key; lower case. */
export function replacesKey({ values, strips }: MetadataChanges, key: string): boolean {
  return values.has(key) || strips?.(key) === true;
}

/** Metadata with the changes made. */
export function changeEntries(
  entries: MetadataEntries,
  changes: MetadataChanges | undefined,
): MetadataEntries {
  if (changes === undefined) return entries;
  const changed: MetadataEntry[] = entries.filter(([key]) => !replacesKey(changes, key));
  for (const [key, values] of changes.values)
    for (const value of values) changed.push([key, value]);
  return changed;
}

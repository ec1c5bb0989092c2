/**
 * What an author wrote over what was generated, as `proto.Merge` does it: single values replace, maps
 * merge by key, lists append. Entries of a list that name the same thing (by `name` and `in`) merge.
 */
export function mergeOverlay<T>(generated: T, overlay: unknown): T {
  if (overlay === undefined) return generated;
  if (Array.isArray(generated) && Array.isArray(overlay)) {
    return appendList(generated, overlay) as T;
  }
  if (!isObject(generated) || !isObject(overlay)) return overlay as T;
  const merged: Record<string, unknown> = { ...generated };
  for (const [key, value] of Object.entries(overlay)) {
    merged[key] = key in merged ? mergeOverlay(merged[key], value) : value;
  }
  return merged as T;
}

function appendList(generated: readonly unknown[], overlay: readonly unknown[]): unknown[] {
  const merged = [...generated];
  for (const item of overlay) {
    const at = merged.findIndex((other) => isSame(other, item));
    if (at < 0) merged.push(item);
    else merged[at] = mergeOverlay(merged[at], item);
  }
  return merged;
}

function isSame(a: unknown, b: unknown): boolean {
  if (!isObject(a) || !isObject(b)) return a === b;
  return a.name !== undefined && a.name === b.name && a.in === b.in;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

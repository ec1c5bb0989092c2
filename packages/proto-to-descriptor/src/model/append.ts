const NONE: readonly never[] = Object.freeze([]);

/**
 * A list without items. Most lists of most declarations stay empty, so they share one: a large API
 * has a million of them.
 */
export function none<T>(): readonly T[] {
  return NONE;
}

/** Adds to a list that began as {@link none}; assign the result. */
export function append<T>(list: readonly T[], item: T): readonly T[] {
  if (list.length === 0) return [item];
  (list as T[]).push(item);
  return list;
}

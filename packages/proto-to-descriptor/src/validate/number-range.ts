/** A range of numbers; `end` is not in it. */
export interface NumberRange {
  readonly start: number;
  readonly end: number;
}

/** Ranges by their start, for lookups. */
export type SortedRanges<T extends NumberRange> = readonly T[];

export function sortRanges<T extends NumberRange>(ranges: readonly T[]): SortedRanges<T> {
  return [...ranges].sort((a, b) => a.start - b.start || a.end - b.end);
}

/** Neighbours that overlap; every range that overlaps any other is in some pair. */
export function overlaps<T extends NumberRange>(sorted: SortedRanges<T>): [T, T][] {
  const pairs: [T, T][] = [];
  let widest = sorted[0];
  for (const range of sorted.slice(1)) {
    if (widest !== undefined && range.start < widest.end) pairs.push([widest, range]);
    if (widest === undefined || range.end > widest.end) widest = range;
  }
  return pairs;
}

/** The range that has a number. Assumes that ranges do not overlap. */
export function findRange<T extends NumberRange>(
  sorted: SortedRanges<T>,
  number: number,
): T | undefined {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as T).start <= number) low = middle + 1;
    else high = middle;
  }
  const range = sorted[low - 1];
  return range !== undefined && number < range.end ? range : undefined;
}

/** `4 to 7`, as the source has it. */
export function formatRange({ start, end }: NumberRange): string {
  return end - 1 === start ? String(start) : `${start} to ${end - 1}`;
}

import { parseWeightedList } from "../metadata/weighted-list.ts";

/** One media range of an `Accept` header (RFC 9110, section 12.5.1). */
export interface MediaRange {
  /** `"type/subtype"`, either part may be `*`. Lower case. */
  readonly type: string;
  /** 0 to 1. */
  readonly quality: number;
}

/** The ranges of an `Accept` header; elements that are none are skipped. */
export function parseAccept(accept: string): MediaRange[] {
  return parseWeightedList(accept).flatMap(({ value, weight }) =>
    /^[^\s/]+\/[^\s/]+$/.test(value) ? [{ type: value, quality: weight }] : [],
  );
}

/** How well a media type suits: its quality, and how exactly a range names it (3 exact, 2 `type/*`, 1 any, 0 none). */
export function rateMediaType(
  mediaType: string,
  ranges: readonly MediaRange[],
): { readonly quality: number; readonly exactness: number } {
  let quality = 0;
  let exactness = 0;
  for (const range of ranges) {
    const exact = exactnessOf(range.type, mediaType);
    // The most exact range decides, also where it refuses.
    if (exact > exactness) {
      exactness = exact;
      quality = range.quality;
    }
  }
  return { quality, exactness };
}

function exactnessOf(range: string, mediaType: string): number {
  if (range === mediaType) return 3;
  if (range === "*/*") return 1;
  return range.endsWith("/*") && mediaType.startsWith(range.slice(0, -1)) ? 2 : 0;
}

import { invalidField } from "./library-errors.ts";

const DEFAULT_PAGE = 50;
const LARGEST_PAGE = 1000;

/** One page of a list (AIP-158). Throws INVALID_ARGUMENT for a page size or token that cannot be. */
export function pageOf<T>(
  all: readonly T[],
  request: { readonly pageSize: number; readonly pageToken: string },
): { readonly items: readonly T[]; readonly nextPageToken: string } {
  if (request.pageSize < 0) throw invalidField("page_size", "must not be negative");
  if (!/^\d{0,9}$/.test(request.pageToken)) {
    throw invalidField("page_token", "is not one that was handed out");
  }
  const start = Number(request.pageToken);
  const end = start + Math.min(request.pageSize || DEFAULT_PAGE, LARGEST_PAGE);
  return { items: all.slice(start, end), nextPageToken: end < all.length ? String(end) : "" };
}

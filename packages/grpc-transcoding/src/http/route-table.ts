import type { PathTemplate } from "./path-template.ts";

/** Anything that stands in a route table: an {@link HttpBinding}, or a hand-written path handler. */
export interface Route {
  readonly httpMethod: string;
  readonly template: PathTemplate;
}

/**
 * The answer of {@link RouteTable.match}: the route and the text of each template variable in the
 * template's order; 405 with the methods that the path has; 400 for a path that cannot be decoded.
 */
export type RouteMatch<R extends Route> =
  | { readonly status: 200; readonly route: R; readonly captures: readonly string[] }
  | { readonly status: 405; readonly allow: readonly string[] }
  | { readonly status: 400; readonly reason: string };

/** The routes of one gateway. Immutable: a reload builds another and swaps it by one assignment. */
export interface RouteTable<R extends Route> {
  readonly routes: readonly R[];
  /** `rawUrl` is the request target as it came: undecoded, with its query. Undefined: no such path. */
  match(method: string, rawUrl: string): RouteMatch<R> | undefined;
}

import type { PathTemplate } from "../model/path-template.ts";
import {
  decodeKeepingReserved,
  decodeSegment,
  type PathUnescape,
  parseRequestPath,
  type RequestPath,
} from "./request-path.ts";
import { createRouteTrie, findRoute, insertRoute, type RouteTrie } from "./route-trie.ts";

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

/** How a table reads paths. */
export interface RouteTableOptions {
  /** @default "spec" */
  readonly pathUnescape?: PathUnescape;
  /**
   * Whether `*` takes an empty segment, and a `**` without segments leaves one in its variable's value, as
   * in grpc-gateway v2: `/v1/` is `/v1/{id}` with an empty id.
   * @default false
   */
  readonly emptySegments?: boolean;
  /** Whether HEAD takes the routes of GET where it has none itself. @default true */
  readonly headAsGet?: boolean;
}

/**
 * Builds a table. Precedence does not depend on the order of `routes`, but for routes of the same
 * method and signature, of which the first is reached: see {@link findRouteConflicts}.
 */
export function compileRouteTable<R extends Route>(
  routes: readonly R[],
  { pathUnescape = "spec", emptySegments = false, headAsGet = true }: RouteTableOptions = {},
): RouteTable<R> {
  const tries = new Map<string, RouteTrie<R>>();
  for (const route of routes) {
    let trie = tries.get(route.httpMethod);
    if (trie === undefined) {
      trie = createRouteTrie();
      tries.set(route.httpMethod, trie);
    }
    insertRoute(trie, route.template, route, emptySegments);
  }
  // A verb is no verb of nothing, where an empty segment counts as one.
  const firstColon = emptySegments ? 1 : 0;

  function find(method: string, path: RequestPath): RouteMatch<R> | undefined {
    const trie = tries.get(method);
    const route = trie && findWithVerb(trie, path, firstColon);
    if (route === undefined) return undefined;
    const captures = capture(route.template, path, pathUnescape, emptySegments);
    return { status: 200, route, captures };
  }

  function match(method: string, rawUrl: string): RouteMatch<R> | undefined {
    // Asterisk form (RFC 9112 section 3.2.4): about the server, no path.
    if (rawUrl === "*" && method === "OPTIONS") return undefined;
    const path = parseRequestPath(rawUrl);
    if ("invalid" in path) return { status: 400, reason: path.invalid };
    const found = matchPath(method, path);
    if (!emptySegments || path.raw.length > 0 || found?.status === 200) return found;
    return matchPath(method, { ...path, raw: [""], segments: [""] }) ?? found;
  }

  function matchPath(method: string, path: RequestPath): RouteMatch<R> | undefined {
    const found =
      find(method, path) ??
      (headAsGet && method === "HEAD" ? find("GET", path) : undefined) ??
      find("*", path);
    if (found !== undefined) return found;
    const allow: string[] = [];
    for (const [other, trie] of tries) {
      const copy = { ...path, raw: [...path.raw], segments: [...path.segments] };
      if (findWithVerb(trie, copy, firstColon)) allow.push(other);
    }
    if (allow.length === 0) return undefined;
    if (headAsGet && allow.includes("GET") && !allow.includes("HEAD")) allow.push("HEAD");
    return { status: 405, allow: allow.sort() };
  }

  return { routes, match };
}

/**
 * The text after the last unencoded colon is a verb if a route has it; otherwise the colon is data. On
 * success with a verb, the verb is cut off the last segment.
 */
function findWithVerb<R>(trie: RouteTrie<R>, path: RequestPath, firstColon: number): R | undefined {
  const { raw, segments, colon } = path;
  const last = raw.length - 1;
  const rawLast = raw[last];
  if (rawLast !== undefined && colon >= firstColon && colon < rawLast.length - 1) {
    const wholeLast = segments[last] as string;
    segments[last] = decodeSegment(rawLast.slice(0, colon));
    const route = findRoute(trie, segments, 0, decodeSegment(rawLast.slice(colon + 1)));
    if (route !== undefined) {
      raw[last] = rawLast.slice(0, colon);
      return route;
    }
    segments[last] = wholeLast;
  }
  return findRoute(trie, segments, 0, "");
}

function capture(
  { segments: pattern, variables }: PathTemplate,
  { text, raw, segments }: RequestPath,
  mode: PathUnescape,
  emptySegments: boolean,
): readonly string[] {
  const captures: string[] = [];
  if (variables.length === 0) return captures;
  // How many segments more or less than one the `**` took: it moves what stands behind it.
  const shift = raw.length - pattern.length;
  let deepAt = pattern.length;
  if (shift !== 0) deepAt = pattern.findIndex((segment) => segment.kind === "deep");
  // The place of the segment that a `**` without segments stands for.
  const emptyAt = emptySegments && shift < 0 ? deepAt : -1;
  for (const { start, end, multiSegment } of variables) {
    const first = start > deepAt ? start + shift : start;
    const after = end > deepAt ? end + shift : end;
    if (!multiSegment) captures.push(segments[first] as string);
    else if (start <= emptyAt && emptyAt < end) {
      const parts = raw.slice(first, after).map((one) => decodeKeepingReserved(one, mode));
      captures.push(parts.toSpliced(emptyAt - start, 0, "").join("/"));
    } else captures.push(captureSeveral(text, raw, segments, first, after, mode));
  }
  return captures;
}

function captureSeveral(
  text: string,
  raw: readonly string[],
  segments: readonly string[],
  first: number,
  after: number,
  mode: PathUnescape,
): string {
  if (first >= after) return "";
  if (segments === raw) {
    // Nothing is encoded: the value is a piece of the path.
    let from = 1;
    for (let index = 0; index < first; index += 1) from += (raw[index] as string).length + 1;
    let to = from - 1;
    for (let index = first; index < after; index += 1) to += (raw[index] as string).length + 1;
    return text.slice(from, to);
  }
  return raw
    .slice(first, after)
    .map((segment) => decodeKeepingReserved(segment, mode))
    .join("/");
}

import type { HttpBinding } from "../model/schema.ts";
import { describeMismatch, type Mismatch } from "./path-mismatch.ts";
import { parseRequestPath } from "./request-path.ts";
import { formatRoute, type NamedRoutes, type PlacedRoute } from "./route-conflicts.ts";
import { compareSpecificity } from "./route-overlap.ts";
import {
  compileRouteTable,
  type Route,
  type RouteMatch,
  type RouteTableOptions,
} from "./route-table.ts";

/** Why a request goes where it goes. */
export interface RouteExplanation {
  readonly method: string;
  readonly url: string;
  readonly status: 200 | 400 | 404 | 405;
  /** What is wrong with a path of 400. */
  readonly reason?: string;
  /** The methods of a path of 405. */
  readonly allow?: readonly string[];
  readonly chosen?: PlacedRoute;
  /** The values of the chosen template's variables by field path. */
  readonly captures: Readonly<Record<string, string>>;
  /** The other routes whose templates match the path, and why each was not chosen. */
  readonly lost: readonly LostRoute[];
  /** For 404: the routes that come closest, and where each fails. At most 5. */
  readonly closest: readonly LostRoute[];
}

/** A route that was not chosen. */
export interface LostRoute extends PlacedRoute {
  readonly reason: string;
}

/**
 * Explains where a request goes among the routes of one gateway or of several, which are asked in order.
 * Compiles their tables anew, so it is for people, not for requests.
 */
export function explainRoute(
  sets: readonly NamedRoutes[],
  method: string,
  url: string,
  options: RouteTableOptions = {},
): RouteExplanation {
  const path = parseRequestPath(url);
  const base = { method, url, captures: {}, lost: [], closest: [] };
  if ("invalid" in path) return { ...base, status: 400, reason: path.invalid };

  let chosen: PlacedRoute | undefined;
  let captures: Record<string, string> = {};
  const allow = new Set<string>();
  const matching: PlacedRoute[] = [];
  const failing: (PlacedRoute & Mismatch)[] = [];
  for (const set of sets) {
    const rest = withoutPrefix(path.text, set.prefix ?? "");
    if (rest === undefined) continue;
    const match = compileRouteTable<Route | HttpBinding>(set.routes, options).match(method, rest);
    if (match?.status === 405) for (const one of match.allow) allow.add(one);
    if (match?.status === 200 && chosen === undefined) {
      chosen = { set, route: match.route };
      captures = capturesOf(match);
    }
    for (const route of set.routes) {
      const alone = compileRouteTable([route], options).match(route.httpMethod, rest);
      if (alone?.status === 200) matching.push({ set, route });
      else failing.push({ set, route, ...describeMismatch(route.template, rest, options) });
    }
  }
  const served = [
    method,
    "*",
    ...(method === "HEAD" && options.headAsGet !== false ? ["GET"] : []),
  ];
  const lost = matching
    .filter(({ route }) => route !== chosen?.route)
    .map((placed) => ({ ...placed, reason: whyLost(placed, served, chosen) }));
  if (chosen !== undefined) return { ...base, status: 200, chosen, captures, lost };
  if (allow.size > 0) return { ...base, status: 405, allow: [...allow].sort(), lost };
  const closest = failing.sort((a, b) => b.matched - a.matched).slice(0, 5);
  return { ...base, status: 404, lost, closest };
}

/** An explanation as lines of text. */
export function formatExplanation(explanation: RouteExplanation): string {
  const { method, url, status, reason, allow, chosen, captures, lost, closest } = explanation;
  const lines = [`${method} ${url}`];
  if (chosen !== undefined) lines.push(`-> ${formatRoute(chosen)}`);
  else if (reason !== undefined) lines.push(`-> 400: ${reason}`);
  else if (allow !== undefined) lines.push(`-> 405, allowed: ${allow.join(", ")}`);
  else lines.push(`-> ${status}: no route`);
  for (const [field, value] of Object.entries(captures)) {
    lines.push(`   ${field} = ${JSON.stringify(value)}`);
  }
  if (lost.length > 0) lines.push("not chosen:");
  for (const one of lost) lines.push(`   ${formatRoute(one)}: ${one.reason}`);
  if (closest.length > 0) lines.push("closest:");
  for (const one of closest) lines.push(`   ${formatRoute(one)}: ${one.reason}`);
  return lines.join("\n");
}

/** What is left of a path behind a gateway's prefix. */
function withoutPrefix(path: string, prefix: string): string | undefined {
  if (!path.startsWith(prefix)) return undefined;
  const rest = path.slice(prefix.length);
  return rest === "" || rest.startsWith("/") ? rest || "/" : undefined;
}

function capturesOf(match: RouteMatch<Route> & { status: 200 }): Record<string, string> {
  const { variables } = match.route.template;
  return Object.fromEntries(
    variables.map(({ fieldPath }, index) => [fieldPath, match.captures[index] ?? ""]),
  );
}

function whyLost(
  { set, route }: PlacedRoute,
  served: readonly string[],
  chosen: PlacedRoute | undefined,
): string {
  if (!served.includes(route.httpMethod)) return `is bound to ${route.httpMethod}`;
  if (chosen === undefined) return "is not reached";
  const { httpMethod, template } = chosen.route;
  if (set !== chosen.set) return `gateway ${JSON.stringify(chosen.set.name)} is asked first`;
  if (route.httpMethod !== httpMethod) {
    return `${httpMethod} is bound itself, which goes before ${route.httpMethod}`;
  }
  if (route.template.verb !== template.verb) {
    return `a route with the verb ":${template.verb}" goes before one that takes the colon as data`;
  }
  if (compareSpecificity(template, route.template) === 0)
    return "a route of the same paths is first";
  return `is less specific than ${JSON.stringify(template.text)}`;
}

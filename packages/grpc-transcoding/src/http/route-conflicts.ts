import type { PathTemplate, TemplateSegment } from "../model/path-template.ts";
import type { HttpBinding } from "../model/schema.ts";
import { templateSignature } from "./parse-path-template.ts";
import { findOverlap, type RouteOverlap } from "./route-overlap.ts";
import type { Route } from "./route-table.ts";
import { formatLocation, type RuleProblem } from "./rule-problem.ts";

/** The routes of one gateway among those that share an app. */
export interface NamedRoutes {
  /** For messages; `""` where there is only one. */
  readonly name: string;
  /** The URL prefix of the gateway. @default "" */
  readonly prefix?: string;
  readonly routes: readonly (Route | HttpBinding)[];
}

/** A route with the set that it stands in. */
export interface PlacedRoute {
  readonly set: NamedRoutes;
  readonly route: Route | HttpBinding;
}

/** Two routes of one HTTP method and verb that share paths in a way that needs a look. */
export interface RouteConflict {
  /** `duplicate`: the same paths; `shadowed`: the loser is never reached; `crossing`: each gets some. */
  readonly kind: "duplicate" | RouteOverlap["kind"];
  readonly winner: PlacedRoute;
  readonly loser: PlacedRoute;
  /** The shared paths, which the winner gets; a `*` is any segment. */
  readonly paths: string;
  /** Whether longer paths of this kind go to the winner as well. */
  readonly orLonger: boolean;
}

/**
 * What a duplicate does: it keeps the gateway from starting; the first in order is reached; or the same
 * with a warning.
 */
export type OnConflict = "error" | "first" | "warn";

interface Entry extends PlacedRoute {
  /** With the prefix of the set. */
  readonly template: PathTemplate;
}

/** Finds the conflicts in one table, or among several under their prefixes. Cheap for thousands of routes. */
export function findRouteConflicts(sets: readonly NamedRoutes[]): RouteConflict[] {
  const conflicts: RouteConflict[] = [];
  const firsts = new Map<string, Entry>();
  const groups = new Map<string, Entry[]>();
  for (const entry of sets.flatMap(entriesOf)) {
    const { httpMethod } = entry.route;
    const signature = `${httpMethod} ${templateSignature(entry.template)}`;
    const winner = firsts.get(signature);
    if (winner !== undefined) {
      const paths = templateSignature(entry.template);
      conflicts.push({ kind: "duplicate", winner, loser: entry, paths, orLonger: false });
      continue;
    }
    firsts.set(signature, entry);
    const key = `${httpMethod} ${entry.template.verb}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [entry]);
    else group.push(entry);
  }
  for (const group of groups.values()) findOverlaps(group, 0, conflicts);
  return conflicts;
}

/** The conflicts as findings of the load-time checks. */
export function conflictProblems(
  conflicts: readonly RouteConflict[],
  onConflict: OnConflict = "error",
): RuleProblem[] {
  const problems: RuleProblem[] = [];
  for (const conflict of conflicts) {
    if (conflict.kind === "duplicate" && onConflict === "first") continue;
    problems.push({
      code: codes[conflict.kind],
      severity: conflict.kind === "duplicate" && onConflict === "error" ? "error" : "warning",
      message: formatConflict(conflict),
      location: locationOf(conflict.loser.route),
    });
  }
  return problems;
}

const codes = {
  duplicate: "GW_DUPLICATE_BINDING",
  shadowed: "GW_SHADOWED_BINDING",
  crossing: "GW_CROSSING_BINDINGS",
} as const;

/** One conflict as a sentence that names both routes, the paths that each gets, and the fix. */
export function formatConflict({ kind, winner, loser, paths, orLonger }: RouteConflict): string {
  const place = formatLocation(locationOf(loser.route));
  const subject = `${place && `${place}: `}${formatRoute(loser)}`;
  const shared = `${paths}${orLonger ? " and longer ones" : ""}`;
  if (kind === "duplicate") {
    return `${subject} duplicates ${formatPlaced(winner)}; change one template or set onConflict`;
  }
  if (kind === "shadowed") {
    return `${subject} is never reached: all its paths go to ${formatPlaced(winner)}`;
  }
  return `${subject} overlaps ${formatPlaced(winner)}: the paths ${shared} go to the latter, the others as their templates say`;
}

/**
 * Compares those that can overlap, level by level: different literals at one place keep whole groups
 * apart. All templates of `group` have equal or overlapping segments before `depth`.
 */
function findOverlaps(group: readonly Entry[], depth: number, conflicts: RouteConflict[]): void {
  const literals = new Map<string, Entry[]>();
  const singles: Entry[] = [];
  const others: Entry[] = [];
  for (const entry of group) {
    const segment = entry.template.segments[depth];
    if (segment?.kind === "literal") {
      const same = literals.get(segment.value);
      if (same === undefined) literals.set(segment.value, [entry]);
      else same.push(entry);
    } else {
      // What has ended is compared with the `**` of this level, which may match nothing.
      (segment?.kind === "single" ? singles : others).push(entry);
    }
  }
  for (const same of literals.values()) {
    if (same.length > 1) findOverlaps(same, depth + 1, conflicts);
    compareAll(same, singles, conflicts);
  }
  if (singles.length > 1) findOverlaps(singles, depth + 1, conflicts);
  for (const [index, other] of others.entries()) {
    const next = others.slice(index + 1);
    for (const rest of [...literals.values(), singles, next]) compareAll([other], rest, conflicts);
  }
}

function compareAll(some: Entry[], others: Entry[], conflicts: RouteConflict[]): void {
  for (const a of some) for (const b of others) compare(a, b, conflicts);
}

function compare(a: Entry, b: Entry, conflicts: RouteConflict[]): void {
  const overlap = findOverlap(a.template, b.template);
  if (overlap === undefined) return;
  const { kind, firstWins, paths, orLonger } = overlap;
  const [winner, loser] = firstWins ? [a, b] : [b, a];
  const verb = a.template.verb && `:${encodeURIComponent(a.template.verb)}`;
  conflicts.push({ kind, winner, loser, paths: `${paths}${verb}`, orLonger });
}

function entriesOf(set: NamedRoutes): Entry[] {
  const prefix: readonly TemplateSegment[] = (set.prefix ?? "")
    .split("/")
    .filter((segment) => segment !== "")
    .map((segment) => ({ kind: "literal", value: segment }));
  return set.routes.map((route) => {
    const { template } = route;
    if (prefix.length === 0) return { set, route, template };
    return { set, route, template: { ...template, segments: [...prefix, ...template.segments] } };
  });
}

function locationOf(route: Route | HttpBinding): HttpBinding["location"] {
  return "location" in route ? route.location : undefined;
}

/** `library.v1.Library/GetBook: GET "/v1/{name=books/*}"`, with the gateway's name where it has one. */
export function formatRoute({ set, route }: PlacedRoute): string {
  const gateway = set.name && `gateway ${JSON.stringify(set.name)}: `;
  const method = "method" in route ? `${route.method.service.name}/${route.method.name}: ` : "";
  return `${gateway}${method}${route.httpMethod} ${JSON.stringify(route.template.text)}`;
}

function formatPlaced(placed: PlacedRoute): string {
  const place = formatLocation(locationOf(placed.route));
  return `${formatRoute(placed)}${place && ` at ${place}`}`;
}

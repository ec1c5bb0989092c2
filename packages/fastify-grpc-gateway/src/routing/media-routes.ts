import type { PathTemplate } from "grpc-transcoding";
import { templateSignature } from "grpc-transcoding/internal";
import type { RpcRoute } from "../mount/mounted-route.ts";

/**
 * Joins the routes of one verb and path that media types tell apart: the first of them stands in the table, and knows the
 * others. Routes that nothing tells apart stay as they are, for the check of conflicts.
 */
export function joinMediaRoutes(routes: readonly RpcRoute[]): readonly RpcRoute[] {
  const groups = new Map<string, RpcRoute[]>();
  const joined = routes.map((route) => {
    if (route.media === undefined) return route;
    const key = `${route.httpMethod} ${shapeOf(route.template)} ${route.constraint}`;
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    const isFirst = group.length === 0;
    if (group.some((other) => !areApart(route, other))) return route;
    group.push(route);
    return isFirst ? withChoices(route, group) : undefined;
  });
  return joined.filter((route) => route !== undefined);
}

/** `group` grows as its routes are found. */
function withChoices(route: RpcRoute, group: readonly RpcRoute[]): RpcRoute {
  const { produces, consumes } = route.media ?? { produces: [], consumes: [] };
  return Object.create(route, {
    media: { value: { produces, consumes, choices: group }, enumerable: true },
  });
}

/** What a request's captures depend on. */
function shapeOf(template: PathTemplate): string {
  const ranges = template.variables.map(({ start, end }) => `${start}-${end}`);
  return `${templateSignature(template)} ${ranges.join(" ")}`;
}

/** Whether a header can tell two routes apart: one has media types that the other has not. */
function areApart({ media: a }: RpcRoute, { media: b }: RpcRoute): boolean {
  return isOther(a?.produces, b?.produces) || isOther(a?.consumes, b?.consumes);
}

function isOther(a: readonly string[] = [], b: readonly string[] = []): boolean {
  return a.some((type) => !b.includes(type)) || b.some((type) => !a.includes(type));
}

import type { Route, RouteMatch, RouteTableOptions } from "../../src/http/route-table.ts";
import type { PathTemplate } from "../../src/model/path-template.ts";

/**
 * The rules of matching once more, as slow and plain as can be: every template is tried in turn and the
 * most specific one that fits is taken. Knows nothing of tries.
 */
export function naiveMatch<R extends Route>(
  routes: readonly R[],
  method: string,
  url: string,
  { emptySegments = false, headAsGet = true }: RouteTableOptions = {},
): RouteMatch<R> | undefined {
  const path = url.split(/[?#]/)[0] ?? "";
  const raw = path === "/" ? [] : path.slice(1).split("/");
  try {
    raw.map(decodeURIComponent);
  } catch {
    return { status: 400, reason: "the path has a malformed percent-encoding or is not UTF-8" };
  }
  const found = matchSegments(routes, method, raw, emptySegments, headAsGet);
  if (!emptySegments || raw.length > 0 || found?.status === 200) return found;
  return matchSegments(routes, method, [""], emptySegments, headAsGet) ?? found;
}

function matchSegments<R extends Route>(
  routes: readonly R[],
  method: string,
  raw: string[],
  emptySegments: boolean,
  headAsGet: boolean,
): RouteMatch<R> | undefined {
  const methods = [method, ...(headAsGet && method === "HEAD" ? ["GET"] : []), "*"];
  for (const one of methods) {
    const found = best(
      routes.filter(({ httpMethod }) => httpMethod === one),
      raw,
      emptySegments,
    );
    if (found !== undefined) return found;
  }
  const allow = new Set(
    routes.filter((route) => best([route], raw, emptySegments)).map(({ httpMethod }) => httpMethod),
  );
  if (allow.size === 0) return undefined;
  if (headAsGet && allow.has("GET")) allow.add("HEAD");
  return { status: 405, allow: [...allow].sort() };
}

function best<R extends Route>(
  routes: readonly R[],
  raw: string[],
  emptySegments: boolean,
): RouteMatch<R> | undefined {
  const last = raw.at(-1) ?? "";
  const colon = last.lastIndexOf(":");
  const verb = colon < 0 ? "" : decodeURIComponent(last.slice(colon + 1));
  if (verb !== "" && !(emptySegments && colon === 0)) {
    const cut = [...raw.slice(0, -1), last.slice(0, colon)];
    const found = mostSpecific(
      routes.filter(({ template }) => template.verb === verb),
      cut,
      emptySegments,
    );
    if (found !== undefined) return found;
  }
  return mostSpecific(
    routes.filter(({ template }) => template.verb === ""),
    raw,
    emptySegments,
  );
}

function mostSpecific<R extends Route>(
  routes: readonly R[],
  raw: readonly string[],
  emptySegments: boolean,
): RouteMatch<R> | undefined {
  let winner: { route: R; spans: Span[] } | undefined;
  for (const route of routes) {
    const spans = fit(route.template, raw, emptySegments);
    if (spans === undefined) continue;
    if (winner === undefined || before(route.template, winner.route.template)) {
      winner = { route, spans };
    }
  }
  if (winner === undefined) return undefined;
  const { route, spans } = winner;
  const captures = route.template.variables.map(({ start, end, multiSegment }) => {
    const parts = spans
      .slice(start, end)
      .flatMap(([from, to]) => (emptySegments && from === to ? [""] : raw.slice(from, to)));
    if (!multiSegment) return decodeURIComponent(parts[0] ?? "");
    return parts
      .map((part) =>
        part
          .split(/(%2f)/i)
          .map((piece) => (/^%2f$/i.test(piece) ? piece : decodeURIComponent(piece)))
          .join(""),
      )
      .join("/");
  });
  return { status: 200, route, captures };
}

type Span = readonly [from: number, to: number];

/** Which path segments each template segment takes. */
function fit(
  { segments }: PathTemplate,
  raw: readonly string[],
  emptySegments: boolean,
): Span[] | undefined {
  const spare = raw.length - segments.length;
  const isDeep = segments.some(({ kind }) => kind === "deep");
  if (isDeep ? spare < -1 : spare !== 0) return undefined;
  const spans: Span[] = [];
  let at = 0;
  for (const segment of segments) {
    const to = at + (segment.kind === "deep" ? spare + 1 : 1);
    const text = raw[at] ?? "";
    if (segment.kind === "single" && text === "" && !emptySegments) return undefined;
    if (segment.kind === "literal" && decodeURIComponent(text) !== segment.value) return undefined;
    spans.push([at, to]);
    at = to;
  }
  return spans;
}

/** Whether the first template is the more specific one. */
function before(a: PathTemplate, b: PathTemplate): boolean {
  const key = ({ segments }: PathTemplate) => {
    const kinds = segments.map(({ kind }) => ({ literal: 0, single: 1, deep: 3 })[kind]);
    // The end of a template stands between "*" and "**".
    return [...kinds, 2];
  };
  const [left, right] = [key(a), key(b)];
  for (let index = 0; index < Math.min(left.length, right.length); index += 1) {
    const [one, other] = [left[index] ?? 0, right[index] ?? 0];
    if (one !== other) return one < other;
    if (one === 3 && left.length !== right.length) return left.length > right.length;
  }
  return false;
}

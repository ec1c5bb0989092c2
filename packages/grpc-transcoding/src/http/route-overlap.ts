import type { PathTemplate, TemplateSegment } from "../model/path-template.ts";

/** How two templates of one HTTP method and verb share paths, where neither is a special case of the other. */
export interface RouteOverlap {
  /** `shadowed`: the loser is never reached. */
  readonly kind: "shadowed" | "crossing";
  /** Whether the first of the two compared gets the shared paths. */
  readonly firstWins: boolean;
  /** The shortest shared paths, for example `/v1/docs/*` (a `*` is any segment). */
  readonly paths: string;
  /** Whether all longer paths of this kind are shared as well. */
  readonly orLonger: boolean;
}

type Segments = readonly TemplateSegment[];

/**
 * Which of two templates with different signatures gets a path that both match: negative for the first.
 * Compares from the left: literal, `*`, end of the template, `**` with the longer tail first. It does
 * not depend on the path.
 */
export function compareSpecificity(a: PathTemplate, b: PathTemplate): number {
  const length = Math.max(a.segments.length, b.segments.length);
  for (let index = 0; index < length; index += 1) {
    const left = a.segments[index];
    const right = b.segments[index];
    const difference = rank(left) - rank(right);
    if (difference !== 0) return difference;
    if (left?.kind === "deep" && a.segments.length !== b.segments.length) {
      return b.segments.length - a.segments.length;
    }
  }
  return 0;
}

const ranks = { literal: 0, single: 1, deep: 3 } as const;

function rank(segment: TemplateSegment | undefined): number {
  return segment === undefined ? 2 : ranks[segment.kind];
}

/**
 * Compares two templates of different signatures. Undefined where they share no path, and where the
 * winner is the more special one, as it should be.
 */
export function findOverlap(a: PathTemplate, b: PathTemplate): RouteOverlap | undefined {
  if (startApart(a.segments, b.segments)) return undefined;
  const firstWins = compareSpecificity(a, b) < 0;
  const winner = (firstWins ? a : b).segments;
  const loser = (firstWins ? b : a).segments;
  // Beyond two more segments than the longer template has, nothing new happens.
  const longest = Math.max(winner.length, loser.length) + 2;
  let crossed: string | undefined;
  let lost: string | undefined;
  let lostLast = false;
  let reached = false;
  for (let length = shortest(loser); length <= longest; length += 1) {
    const weak = expand(loser, length);
    const strong = expand(winner, length);
    if (weak === undefined) continue;
    const relation = strong && relate(strong, weak);
    lostLast = relation === "covers";
    if (relation !== "covers") reached = true;
    if (relation === "covers") lost ??= intersection(strong as Segments, weak);
    if (relation === "crosses") crossed ??= intersection(strong as Segments, weak);
  }
  if (!reached && lost !== undefined) {
    return { kind: "shadowed", firstWins, paths: lost, orLonger: isDeep(loser) };
  }
  if (crossed !== undefined) {
    return {
      kind: "crossing",
      firstWins,
      paths: crossed,
      orLonger: isDeep(winner) && isDeep(loser),
    };
  }
  // `/x` beside `/x/**` is how one writes a fallback; taking all longer paths as well is not.
  if (lost === undefined || !isDeep(winner)) return undefined;
  return { kind: "crossing", firstWins, paths: lost, orLonger: lostLast };
}

function isDeep(segments: Segments): boolean {
  return segments.some((segment) => segment.kind === "deep");
}

function shortest(segments: Segments): number {
  return isDeep(segments) ? segments.length - 1 : segments.length;
}

/** Whether the fixed beginnings differ already: true for nearly all pairs. */
function startApart(a: Segments, b: Segments): boolean {
  for (const [index, left] of a.entries()) {
    const right = b[index];
    if (right === undefined || left.kind === "deep" || right.kind === "deep") return false;
    if (left.kind === "literal" && right.kind === "literal" && left.value !== right.value) {
      return true;
    }
  }
  return false;
}

/** The template with its `**` as so many `*` that it has `length` segments. */
function expand(segments: Segments, length: number): Segments | undefined {
  const deepAt = segments.findIndex((segment) => segment.kind === "deep");
  if (deepAt < 0) return segments.length === length ? segments : undefined;
  const count = length - segments.length + 1;
  if (count < 0) return undefined;
  const singles = new Array<TemplateSegment>(count).fill({ kind: "single" });
  return [...segments.slice(0, deepAt), ...singles, ...segments.slice(deepAt + 1)];
}

/** `strong` covers all paths of `weak`, or only some of those that `weak` has (`inside`), or they cross. */
function relate(strong: Segments, weak: Segments): "apart" | "covers" | "inside" | "crosses" {
  let covers = true;
  let inside = true;
  for (const [index, left] of strong.entries()) {
    const right = weak[index] as TemplateSegment;
    if (left.kind === "literal" && right.kind === "literal") {
      if (left.value !== right.value) return "apart";
    } else if (left.kind === "literal") {
      covers = false;
    } else if (right.kind === "literal") {
      inside = false;
    }
  }
  if (covers) return "covers";
  return inside ? "inside" : "crosses";
}

function intersection(a: Segments, b: Segments): string {
  const segments = a.map((left, index) => {
    const literal = left.kind === "literal" ? left : b[index];
    return literal?.kind === "literal" ? encodeURIComponent(literal.value) : "*";
  });
  return `/${segments.join("/")}`;
}

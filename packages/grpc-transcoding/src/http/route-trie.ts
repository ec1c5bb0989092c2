import type { PathTemplate, TemplateSegment } from "../model/path-template.ts";

/**
 * The routes of one HTTP method by their segments. A search prefers literal to `*` to `**` from the
 * left and backtracks; it visits a node at most once, so the number of routes bounds its cost.
 */
export interface RouteTrie<R> {
  /** The first literal. Most nodes have no other, and a map for each would be most of the heap. */
  literal: string | undefined;
  literalChild: RouteTrie<R> | undefined;
  /** The further literals. */
  literals: Map<string, RouteTrie<R>> | undefined;
  single: RouteTrie<R> | undefined;
  /** The routes with `**` here, longest tail first. */
  deep: DeepBranch<R>[] | undefined;
  /** The route that ends here without a verb. */
  plain: R | undefined;
  verbs: Map<string, R> | undefined;
}

/** Routes with `**` at one place and the same number of segments after it, which are a trie as well. */
interface DeepBranch<R> {
  readonly tailLength: number;
  readonly tail: RouteTrie<R>;
}

export function createRouteTrie<R>(): RouteTrie<R> {
  return {
    literal: undefined,
    literalChild: undefined,
    literals: undefined,
    single: undefined,
    deep: undefined,
    plain: undefined,
    verbs: undefined,
  };
}

/**
 * Adds a route; `emptySegments` lets its `*` take empty segments. The first of several with the same
 * signature stays: returns false for the others.
 */
export function insertRoute<R>(
  trie: RouteTrie<R>,
  template: PathTemplate,
  route: R,
  emptySegments = false,
): boolean {
  const { segments, verb } = template;
  let node = trie;
  for (const [index, segment] of segments.entries()) {
    node =
      segment.kind === "deep"
        ? deepChild(node, segments.length - index - 1)
        : child(node, segment, emptySegments);
  }
  if (verb === "") {
    if (node.plain !== undefined) return false;
    node.plain = route;
    return true;
  }
  node.verbs ??= new Map();
  if (node.verbs.has(verb)) return false;
  node.verbs.set(verb, route);
  return true;
}

function child<R>(
  node: RouteTrie<R>,
  segment: Exclude<TemplateSegment, { kind: "deep" }>,
  emptySegments: boolean,
): RouteTrie<R> {
  if (segment.kind === "literal") {
    return findLiteral(node, segment.value) ?? addLiteral(node, segment.value, createRouteTrie());
  }
  if (node.single === undefined) {
    node.single = createRouteTrie();
    // No template has an empty literal: the place is free, and a search pays nothing for it.
    if (emptySegments) addLiteral(node, "", node.single);
  }
  return node.single;
}

function findLiteral<R>(node: RouteTrie<R>, value: string): RouteTrie<R> | undefined {
  return node.literal === value ? node.literalChild : node.literals?.get(value);
}

function addLiteral<R>(node: RouteTrie<R>, value: string, added: RouteTrie<R>): RouteTrie<R> {
  if (node.literalChild === undefined) {
    node.literal = value;
    node.literalChild = added;
  } else {
    node.literals ??= new Map();
    node.literals.set(value, added);
  }
  return added;
}

function deepChild<R>(node: RouteTrie<R>, tailLength: number): RouteTrie<R> {
  node.deep ??= [];
  let branch = node.deep.find((other) => other.tailLength === tailLength);
  if (branch === undefined) {
    branch = { tailLength, tail: createRouteTrie() };
    node.deep.push(branch);
    node.deep.sort((a, b) => b.tailLength - a.tailLength);
  }
  return branch.tail;
}

/** The most specific route with exactly this verb (`""` for none) whose template matches `segments` from `index` on. */
export function findRoute<R>(
  node: RouteTrie<R>,
  segments: readonly string[],
  index: number,
  verb: string,
): R | undefined {
  if (index === segments.length) {
    const route = verb === "" ? node.plain : node.verbs?.get(verb);
    if (route !== undefined) return route;
  } else {
    const segment = segments[index] as string;
    const literal = findLiteral(node, segment);
    if (literal !== undefined) {
      const route = findRoute(literal, segments, index + 1, verb);
      if (route !== undefined) return route;
    }
    if (node.single !== undefined && segment !== "") {
      const route = findRoute(node.single, segments, index + 1, verb);
      if (route !== undefined) return route;
    }
  }
  return node.deep === undefined ? undefined : findDeep(node.deep, segments, index, verb);
}

function findDeep<R>(
  branches: readonly DeepBranch<R>[],
  segments: readonly string[],
  index: number,
  verb: string,
): R | undefined {
  for (const { tailLength, tail } of branches) {
    const at = segments.length - tailLength;
    if (at < index) continue;
    const route = findRoute(tail, segments, at, verb);
    if (route !== undefined) return route;
  }
  return undefined;
}

import type { OpenApiDocument } from "../model/openapi.ts";
import { canonicalPath, pathNames } from "./path-key.ts";

/** The keys of a document's paths. Two paths that differ only in the names of variables get one key. */
export interface PathPlaces {
  /** The key for a path, which is the path itself unless another was there first. */
  place(path: string): string;
}

/** The places of a document, which may have paths already. */
export function createPathPlaces(paths: OpenApiDocument["paths"] = {}): PathPlaces {
  const keys = new Map(Object.keys(paths).map((path) => [canonicalPath(path), path]));
  return {
    place(path) {
      const canonical = canonicalPath(path);
      const key = keys.get(canonical) ?? path;
      keys.set(canonical, key);
      return key;
    },
  };
}

/** The new name of each variable of `from` at its place in `to`; only those that change. */
export function renamedVariables(from: string, to: string): ReadonlyMap<string, string> {
  const names = pathNames(to);
  const pairs = pathNames(from).map((name, index) => [name, names[index] ?? name] as const);
  return new Map(pairs.filter(([before, after]) => before !== after));
}

import type { MatchesMethod } from "grpc-transcoding/internal";
import { read, readSome } from "../option/read.ts";
import { PathCache } from "./path-cache.ts";

/** Some methods, as settings name them. */
export interface MethodPattern {
  /** The option's path. */
  readonly at: string;
  readonly text: string;
  readonly matches: MatchesMethod;
}

/** Reads one pattern. Throws FST_GRPC_POLICIES_OPTION. */
export function readMethodPattern(value: unknown, at: string): MethodPattern {
  return { at, matches: read.method(value, at), text: value as string };
}

/** The methods that settings are for. */
export interface MethodFilter {
  /** Undefined for all. */
  readonly patterns: readonly MethodPattern[] | undefined;
  /** Whether they are for a method, by its path. */
  readonly isFor: (methodPath: string) => boolean;
}

/** Reads the methods that settings are for; undefined is all. Throws FST_GRPC_POLICIES_OPTION. */
export function readMethodFilter(value: unknown, path: string): MethodFilter {
  if (value === undefined) return { patterns: undefined, isFor: () => true };
  const patterns = readSome(value, path, readMethodPattern);
  const cache = new PathCache((method) => patterns.some(({ matches }) => matches(method)));
  return { patterns, isFor: (methodPath) => cache.get(methodPath) };
}

import type { CalledMethod } from "../policy/policy.ts";

/** Whether a pattern means a method. */
export type MatchesMethod = (method: CalledMethod) => boolean;

/** The forms of a pattern, for messages. */
export const methodPatternForms: string =
  '"library.v1.LibraryService/GetBook", "library.v1.LibraryService/*", "library.v1.*" or "*"';

const shape = /^(?:\*|(?:\w+\.)+\*|(?:\w+\.)*\w+\/(?:\*|\w+))$/;

/** Compiles a pattern of {@link methodPatternForms}; undefined for anything else. */
export function compileMethodPattern(pattern: string): MatchesMethod | undefined {
  if (!shape.test(pattern)) return undefined;
  if (pattern === "*") return () => true;
  if (pattern.endsWith("/*")) {
    const service = pattern.slice(0, -2);
    return (method) => method.service === service;
  }
  if (pattern.endsWith(".*")) {
    const prefix = pattern.slice(0, -1);
    return (method) => method.service.startsWith(prefix);
  }
  return (method) => method.path === `/${pattern}`;
}

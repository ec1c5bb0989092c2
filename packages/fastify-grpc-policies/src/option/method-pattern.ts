import type { CalledMethod } from "grpc-transcoding";
import { FST_GRPC_POLICIES_OPTION } from "../errors.ts";
import { quote } from "./option-value.ts";

/** Whether a pattern means a method. */
export type MatchesMethod = (method: CalledMethod) => boolean;

const shape = /^(?:\*|(?:\w+\.)+\*|(?:\w+\.)*\w+\/(?:\*|\w+))$/;

/**
 * Compiles `"library.v1.LibraryService/GetBook"`, `"library.v1.LibraryService/*"`, `"library.v1.*"` or `"*"`. Throws
 * FST_GRPC_POLICIES_OPTION for anything else.
 */
export function readMethodPattern(value: unknown, path: string): MatchesMethod {
  if (typeof value !== "string" || !shape.test(value)) {
    throw new FST_GRPC_POLICIES_OPTION(
      path,
      quote(value),
      'name methods as "library.v1.LibraryService/GetBook", "library.v1.LibraryService/*", "library.v1.*" or "*"',
    );
  }
  if (value === "*") return () => true;
  if (value.endsWith("/*")) {
    const service = value.slice(0, -2);
    return (method) => method.service === service;
  }
  if (value.endsWith(".*")) {
    const prefix = value.slice(0, -1);
    return (method) => method.service.startsWith(prefix);
  }
  return (method) => method.path === `/${value}`;
}

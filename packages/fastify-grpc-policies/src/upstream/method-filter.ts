import { read } from "../option/read.ts";
import { PathCache } from "./path-cache.ts";

/**
 * Reads the methods that settings are for; undefined is all. The filter says of a method's path whether they are for it.
 * Throws FST_GRPC_POLICIES_OPTION.
 */
export function readMethodFilter(value: unknown, path: string): (methodPath: string) => boolean {
  if (value === undefined) return () => true;
  const methods = read.list(value, path, read.method);
  const cache = new PathCache((method) => methods.some((matches) => matches(method)));
  return (methodPath) => cache.get(methodPath);
}

import { read } from "../option/read.ts";

// Native calls may name any method where all are passed on.
const maxRemembered = 10_000;

/**
 * Reads the methods that settings are for; undefined is all. The filter says of a path whether they are for it, and
 * remembers what it has been asked. Throws FST_GRPC_POLICIES_OPTION.
 */
export function readMethodFilter(value: unknown, path: string): (methodPath: string) => boolean {
  if (value === undefined) return () => true;
  const methods = read.list(value, path, read.method);
  const known = new Map<string, boolean>();
  return (methodPath) => {
    const answer = known.get(methodPath);
    if (answer !== undefined) return answer;
    const slash = methodPath.indexOf("/", 1);
    const service = methodPath.slice(1, slash);
    const method = { path: methodPath, service, name: methodPath.slice(slash + 1) };
    const decided = methods.some((matches) => matches(method));
    if (known.size < maxRemembered) known.set(methodPath, decided);
    return decided;
  };
}

import type { MatchesMethod } from "../option/method-pattern.ts";

// Native calls may name any method where all are passed on.
const maxRemembered = 10_000;

/** Whether settings are for a method, by its path; remembers what it has been asked. */
export function methodFilter(
  methods: readonly MatchesMethod[] | undefined,
): (path: string) => boolean {
  if (methods === undefined) return () => true;
  const known = new Map<string, boolean>();
  return (path) => {
    const answer = known.get(path);
    if (answer !== undefined) return answer;
    const slash = path.indexOf("/", 1);
    const method = { path, service: path.slice(1, slash), name: path.slice(slash + 1) };
    const decided = methods.some((matches) => matches(method));
    if (known.size < maxRemembered) known.set(path, decided);
    return decided;
  };
}

/** Which names pass between HTTP headers and call metadata, beside those of a preset. */
export interface HeaderRules {
  /** Further names that pass: exact, or a prefix as `"x-acme-*"`. Any case. */
  readonly allow?: readonly string[];
  /** Names that do not pass, of either side of a renaming; wins over everything else. As `allow`. */
  readonly deny?: readonly string[];
  /**
   * The name on the other side; undefined leaves the name to the other rules. Must depend on the name
   * alone, which is lower case: answers are remembered.
   */
  readonly rename?: (name: string) => string | undefined;
}

/** The names of the presets: this project's own rules, and those of grpc-gateway v2. */
export type HeaderPreset = "standard" | "grpc-gateway";

/** Whether a lower-case name is in a list of names and prefixes. */
export type NameMatcher = (name: string) => boolean;

/** Compiles a list of exact names and `prefix*` patterns. Throws a TypeError for an entry that is neither. */
export function matchNames(patterns: readonly string[]): NameMatcher {
  const exact = new Set<string>();
  const prefixes: string[] = [];
  for (const pattern of patterns) {
    const [, stem = "", star] = /^([^*\s]*)(\*)?$/.exec(pattern.toLowerCase()) ?? [];
    if (stem === "" && star === undefined) {
      throw new TypeError(
        `${JSON.stringify(pattern)} is no header name; give a name, or a prefix followed by "*"`,
      );
    }
    if (star === undefined) exact.add(stem);
    else prefixes.push(stem);
  }
  return (name) => exact.has(name) || prefixes.some((prefix) => name.startsWith(prefix));
}

// Clients choose names, so what is remembered of them must be bounded.
const maxRemembered = 512;

/** Remembers a function's answers for the first names that it meets. */
export function rememberNames<T>(decide: (name: string) => T): (name: string) => T {
  const known = new Map<string, T>();
  return (name) => {
    const answer = known.get(name);
    if (answer !== undefined) return answer;
    const decided = decide(name);
    if (known.size < maxRemembered) known.set(name, decided);
    return decided;
  };
}

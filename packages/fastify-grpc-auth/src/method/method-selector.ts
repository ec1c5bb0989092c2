import { wrongOption } from "../option/option-value.ts";

/** What settings are for: methods, or the path of a handler of `handlePath`. */
export interface MethodSelector {
  /** As it was written. */
  readonly text: string;
  /** A full name as `package.Service.Method`, or a path template; without the `*` of a prefix. */
  readonly name: string;
  readonly kind: "method" | "prefix" | "path";
}

const name = String.raw`[A-Za-z_]\w*`;
const method = new RegExp(`^(?:${name}\\.)*${name}(?:\\.|/)${name}$`);
const prefix = new RegExp(`^(?:\\*|(?:${name}\\.)*${name}(?:\\.|/)\\*)$`);

/**
 * Reads `"library.v1.Library.GetBook"`, `"library.v1.Library/GetBook"`, `"library.v1.Library.*"`, `"library.v1.*"`, `"*"`,
 * or the path template of a handler: `"/v1/covers/{id}"`. Throws FST_GRPC_AUTH_OPTION for anything else.
 */
export function readMethodSelector(value: unknown, path: string): MethodSelector {
  if (typeof value === "string") {
    if (value.startsWith("/")) return { text: value, name: value, kind: "path" };
    const dotted = value.replace("/", ".");
    if (method.test(value)) return { text: value, name: dotted, kind: "method" };
    if (prefix.test(value)) return { text: value, name: dotted.slice(0, -1), kind: "prefix" };
  }
  throw wrongOption(
    path,
    value,
    'name methods as "library.v1.Library.GetBook", "library.v1.Library.*", "library.v1.*" or "*", handlers by their path template',
  );
}

/** Whether a selector is for a method, by its full name `package.Service.Method`, or for a path template. */
export function selects(selector: MethodSelector, fullName: string): boolean {
  if (selector.kind !== "prefix") return selector.name === fullName;
  return !fullName.startsWith("/") && fullName.startsWith(selector.name);
}

/** Services that a gateway answers for, or passes on, beside those of its schema. */
const common = /^grpc\.(?:health|reflection|channelz)\./;

/** What a selector that means nothing may have been meant for; undefined where it means something. */
export function missedSelector(
  selector: MethodSelector,
  names: readonly string[],
): string | undefined {
  if (common.test(selector.name) || names.some((one) => selects(selector, one))) return undefined;
  const isPath = selector.kind === "path";
  const candidates = new Set(names.filter((one) => one.startsWith("/") === isPath));
  if (selector.kind === "prefix") {
    for (const one of [...candidates]) {
      candidates.delete(one);
      for (let at = one.lastIndexOf("."); at > 0; at = one.lastIndexOf(".", at - 1)) {
        candidates.add(`${one.slice(0, at)}.*`);
      }
    }
  }
  const nearest = nearestText(selector.text.replace(/^(\w[^/]*)\//, "$1."), [...candidates]);
  if (nearest !== undefined) return `did you mean ${JSON.stringify(nearest)}?`;
  return `there are ${[...candidates].slice(0, 10).join(", ") || "none"}`;
}

/** The candidate with the fewest changes; undefined where all are far away. */
function nearestText(text: string, candidates: readonly string[]): string | undefined {
  let nearest: string | undefined;
  let least = Math.max(2, Math.floor(text.length / 3));
  for (const candidate of candidates) {
    const changes = editDistance(text, candidate);
    if (changes < least) [least, nearest] = [changes, candidate];
  }
  return nearest;
}

/** Levenshtein's distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const changed = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

import { invalidField } from "./library-errors.ts";

type Fields = Record<string, unknown>;

/**
 * A copy of a resource with the masked fields taken from another (AIP-134). Paths are proto names,
 * `print.pages` for a field of a message; `*` stands for all of `changeable`. Throws INVALID_ARGUMENT
 * for a path outside of them.
 */
export function applyFieldMask<T extends object>(
  resource: T,
  change: T,
  paths: readonly string[],
  changeable: readonly string[],
): T {
  let result = { ...resource };
  for (const path of paths.includes("*") ? changeable : paths) {
    const [first = ""] = path.split(".");
    if (!changeable.includes(first)) throw invalidField("update_mask", `${path} cannot be changed`);
    result = copyPath(result as Fields, change as Fields, path.split(".")) as T;
  }
  return result;
}

function copyPath(target: Fields, source: Fields | null | undefined, path: string[]): Fields {
  const [name = "", ...rest] = path.map(camelCase);
  if (rest.length === 0) return { ...target, [name]: source?.[name] };
  const inner = copyPath((target[name] ?? {}) as Fields, source?.[name] as Fields | null, rest);
  return { ...target, [name]: inner };
}

/** The name that proto-loader gives a field. */
function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

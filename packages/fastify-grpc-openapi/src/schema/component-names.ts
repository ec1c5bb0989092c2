import type { DescEnum, DescMessage, FileRegistry } from "@bufbuild/protobuf";

/** How components are named: `full` proto names, or the shortest suffix that no other type of the schema shares. */
export type ComponentNaming = "full" | "short";

/** The function from a type to its component's name. Stable: it does not depend on what the document uses. */
export function componentNames(
  naming: ComponentNaming,
  registry: FileRegistry,
): (type: DescMessage | DescEnum) => string {
  if (naming === "full") return (type) => type.typeName;
  const uses = new Map<string, number>();
  for (const type of registry) {
    if (type.kind !== "message" && type.kind !== "enum") continue;
    for (const suffix of suffixes(type.typeName)) uses.set(suffix, (uses.get(suffix) ?? 0) + 1);
  }
  return (type) => suffixes(type.typeName).find((name) => uses.get(name) === 1) ?? type.typeName;
}

/** `a.b.C` as `C`, `b.C`, `a.b.C`. */
function suffixes(name: string): string[] {
  const parts = name.split(".");
  return parts.map((_, index) => parts.slice(parts.length - 1 - index).join("."));
}

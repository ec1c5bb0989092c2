/** A JSON value as one text, whatever the order of its objects' members was. */
export function canonicalJson(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const object = value as Readonly<Record<string, unknown>>;
  // As JSON has it, a member that is undefined is none.
  const names = Object.keys(object).filter((name) => object[name] !== undefined);
  const members = names
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonicalJson(object[name])}`);
  return `{${members.join(",")}}`;
}

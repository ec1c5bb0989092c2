/** Takes the parameters of some names out of a query. The values of each come in their order. */
export function splitQuery(
  query: string,
  names: ReadonlySet<string>,
): { readonly rest: string; readonly values: readonly string[] } {
  const rest: string[] = [];
  const values: string[] = [];
  for (const piece of query.split("&")) {
    const [, name, value] = /^([^=]*)=?(.*)$/s.exec(piece) ?? [];
    if (names.has(decoded(name))) values.push(decoded(value));
    else rest.push(piece);
  }
  return { rest: rest.join("&"), values };
}

/** Malformed escapes are told by whoever reads the rest. */
function decoded(text = ""): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}

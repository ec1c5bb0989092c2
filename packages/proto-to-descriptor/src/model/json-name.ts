/** The default JSON name of a field: underscores go, the letter after each is capitalised. */
export function defaultJsonName(name: string): string {
  if (!name.includes("_")) return name;
  let json = "";
  let capitalise = false;
  for (const c of name) {
    if (c === "_") capitalise = true;
    else {
      json += capitalise ? upper(c) : c;
      capitalise = false;
    }
  }
  return json;
}

/** Name of the message that protoc makes for the entries of a map field. */
export function mapEntryName(field: string): string {
  const camel = defaultJsonName(field);
  return `${upper(camel.charAt(0))}${camel.slice(1)}Entry`;
}

const upper = (c: string): string => (c >= "a" && c <= "z" ? c.toUpperCase() : c);

/** One `name=value` of a query, decoded. */
export interface QueryParameter {
  readonly name: string;
  readonly value: string;
  /** The value as it came. */
  readonly encoded: string;
}

/** A piece of a query that cannot be decoded, as it came. */
export interface MalformedParameter {
  readonly malformed: string;
}

/**
 * Splits a query at `&` and each piece at its first `=`; `+` is a space, and percent-encodings are
 * decoded once. Empty pieces are skipped. Order is kept.
 */
export function parseQueryString(query: string): (QueryParameter | MalformedParameter)[] {
  const parameters: (QueryParameter | MalformedParameter)[] = [];
  for (const piece of query.split("&")) {
    if (piece === "") continue;
    const equals = piece.indexOf("=");
    const encoded = equals < 0 ? "" : piece.slice(equals + 1);
    try {
      parameters.push({
        name: decodeQueryText(equals < 0 ? piece : piece.slice(0, equals)),
        value: decodeQueryText(encoded),
        encoded,
      });
    } catch {
      parameters.push({ malformed: piece });
    }
  }
  return parameters;
}

/** Decodes a name or a value. Throws a URIError for a bad escape or octets that are not UTF-8. */
export function decodeQueryText(text: string): string {
  const spaced = text.includes("+") ? text.replaceAll("+", " ") : text;
  return spaced.includes("%") ? decodeURIComponent(spaced) : spaced;
}

/** One element of `Accept`, `Accept-Language` and their like. */
export interface WeightedValue {
  /** What is weighed, in lower case. */
  readonly value: string;
  /** 0 to 1; 0 refuses. */
  readonly weight: number;
}

// RFC 9110, section 12.4.2: at most three digits behind the point, which may be none.
const qvalue = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;

/**
 * The elements of a weighted list header (RFC 9110, section 12.4.2). A weight that is malformed, such as
 * `q=.5` or `q=0.1234`, counts as 0: nobody asked for that.
 */
export function parseWeightedList(header: string): readonly WeightedValue[] {
  return splitUnquoted(header.toLowerCase(), ",").flatMap((element) => {
    const [value = "", ...parameters] = splitUnquoted(element, ";").map((part) => part.trim());
    if (value === "") return [];
    const weight = parameters.find((parameter) => /^q\s*=/.test(parameter))?.slice(2) ?? "1";
    return [{ value, weight: qvalue.test(weight) ? Number(weight) : 0 }];
  });
}

/** Splits where the separator stands outside of quoted strings (RFC 9110, section 5.6.4). */
function splitUnquoted(text: string, separator: string): string[] {
  if (!text.includes('"')) return text.split(separator);
  const parts: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') isQuoted = !isQuoted;
    else if (isQuoted && character === "\\") at += 1;
    else if (!isQuoted && character === separator) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

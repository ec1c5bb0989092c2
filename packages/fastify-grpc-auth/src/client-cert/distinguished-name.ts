/**
 * `X509Certificate.subject`, which has a line for each attribute, as RFC 4514 has it: the last attribute first. Node has
 * escaped its values so already.
 */
export function readableSubject(subject: string): string {
  return subject.split("\n").reverse().join(",").replaceAll(" + ", "+");
}

/** The CN of a distinguished name of RFC 4514; undefined where there is none, or more than one. */
export function commonNameOf(name: string): string | undefined {
  const attributes = name.match(/(?:[^,+\\]|\\.)+/gs) ?? [];
  const names = attributes.filter((attribute) => /^\s*CN=/i.test(attribute));
  const [first, ...more] = names;
  if (first === undefined || more.length > 0) return undefined;
  return first.slice(first.indexOf("=") + 1).replaceAll(/\\(.)/gs, "$1");
}

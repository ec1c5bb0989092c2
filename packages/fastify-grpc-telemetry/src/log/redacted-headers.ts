/** What nobody may read in a log, whoever asks for it. */
const secrets: ReadonlySet<string> = new Set([
  "authorization",
  "cookie",
  "set-cookie",
  "proxy-authorization",
  "x-api-key",
]);

const redacted = "[redacted]";

// A log has no use for more of a text that its client chose.
const maxLength = 1024;

/** The named headers of a request as a log may have them; undefined where it has none of them. */
export function redactedHeaders(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  names: readonly string[],
): Record<string, string> | undefined {
  let shown: Record<string, string> | undefined;
  for (const name of names) {
    const value = headers[name];
    if (value === undefined) continue;
    shown ??= Object.create(null) as Record<string, string>;
    const isSecret = secrets.has(name) || name.endsWith("-bin");
    shown[name] = isSecret ? redacted : String(value).slice(0, maxLength);
  }
  return shown;
}

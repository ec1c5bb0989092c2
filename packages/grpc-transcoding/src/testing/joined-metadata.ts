import type { MetadataEntries } from "../model/metadata.ts";

/** Values by key, several joined by a comma as HTTP may do on the way, bytes as hex. */
export function joined(entries: MetadataEntries): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [key, value] of entries) {
    const text = typeof value === "string" ? value : Buffer.from(value).toString("hex");
    result[key] = result[key] === undefined ? text : `${result[key]}, ${text}`;
  }
  return result;
}

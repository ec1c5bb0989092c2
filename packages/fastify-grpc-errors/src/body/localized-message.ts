import type { DetailJson } from "grpc-transcoding";
import { detailType, parseWeightedList } from "grpc-transcoding/internal";

/** A google.rpc.LocalizedMessage. */
export interface LocalizedMessage {
  readonly locale: string;
  readonly message: string;
}

/** All google.rpc.LocalizedMessage among printed details. */
export function localizedMessages(details: readonly DetailJson[]): readonly LocalizedMessage[] {
  return details
    .filter((detail) => detailType({ typeUrl: detail["@type"] }) === "google.rpc.LocalizedMessage")
    .flatMap(({ locale, message }) =>
      typeof locale === "string" && typeof message === "string" ? [{ locale, message }] : [],
    );
}

/**
 * The message in the language that `Accept-Language` prefers: by lookup (RFC 4647 §3.4), and where a
 * range is only a language, in any region of it. Without the header the first; undefined for none.
 */
export function preferLanguage(
  messages: readonly LocalizedMessage[],
  acceptLanguage: string | undefined,
): LocalizedMessage | undefined {
  if (acceptLanguage === undefined) return messages[0];
  const ranges = parseWeightedList(acceptLanguage)
    .filter(({ weight }) => weight > 0)
    .toSorted((a, b) => b.weight - a.weight);
  for (const { value: range } of ranges) {
    if (range === "*") return messages[0];
    for (let prefix = range; prefix !== ""; prefix = parentRange(prefix)) {
      const exact = messages.find(({ locale }) => locale.toLowerCase() === prefix);
      if (exact !== undefined) return exact;
    }
    const regional = messages.find(({ locale }) => locale.toLowerCase().startsWith(`${range}-`));
    if (regional !== undefined) return regional;
  }
  return undefined;
}

function parentRange(range: string): string {
  return range.slice(0, Math.max(0, range.lastIndexOf("-")));
}

import { itemsOf } from "./claim.ts";

/** How a claim becomes a text. */
export type ClaimEncoding = "text" | "list" | "json" | "percent";

/** The names of {@link ClaimEncoding}. */
export const claimEncodings: readonly ClaimEncoding[] = ["text", "list", "json", "percent"];

type Encode = (claim: unknown) => string | undefined;

/** By encoding: a claim as text, of any characters; undefined for a claim that is none of its kind. */
export const encodeClaim: Readonly<Record<ClaimEncoding, Encode>> = {
  text: scalarText,
  percent: (claim) => percent(scalarText(claim), /[^\x21-\x24\x26-\x7e]+/gu),
  list(claim) {
    // RFC 6749, section 3.3: scopes are one text with blanks between them.
    const items = typeof claim === "string" ? claim.split(" ") : itemsOf(claim);
    const texts = items.map((item) =>
      percent(scalarText(item), /[^\x20-\x24\x26-\x2b\x2d-\x7e]+/gu),
    );
    return texts.includes(undefined) ? undefined : texts.filter((text) => text !== "").join(",");
  },
  json: (claim) => JSON.stringify(claim).replaceAll(/[^\x20-\x7e]/g, escapeUnit),
};

function scalarText(claim: unknown): string | undefined {
  if (typeof claim === "string") return claim;
  return typeof claim === "number" || typeof claim === "boolean" ? String(claim) : undefined;
}

/** RFC 3986, section 2.1: the characters as the bytes of their UTF-8. */
function percent(text: string | undefined, chars: RegExp): string | undefined {
  return text?.replaceAll(chars, (found) =>
    [...Buffer.from(found)]
      .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`)
      .join(""),
  );
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

import type { MetadataEntry } from "./metadata.ts";

// PROTOCOL-HTTP2.md, Requests: Header-Name and ASCII-Value.
const legalKey = /^[0-9a-z_.-]+$/;
const legalText = /^[\x20-\x7e]*$/;
const base64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** Whether a lower-case name can be a metadata key. */
export function isLegalKey(key: string): boolean {
  return legalKey.test(key);
}

/** Whether a text can be a metadata value, and an HTTP header's value: printable ASCII. */
export function isLegalText(text: string): boolean {
  return legalText.test(text);
}

/** Whether values of a key are bytes. */
export function isBinaryKey(key: string): boolean {
  return key.endsWith("-bin");
}

/** Base64 with or without padding as bytes; undefined for text that is not base64. */
export function decodeBase64(text: string): Buffer | undefined {
  if (!base64.test(text)) return undefined;
  const digits = text.replace(/=+$/, "").length;
  const padded = digits !== text.length;
  return digits % 4 === 1 || (padded && text.length % 4 !== 0)
    ? undefined
    : Buffer.from(text, "base64");
}

/** A metadata value as the text of an HTTP header: bytes as base64. */
export function toHeaderText(value: MetadataEntry[1]): string {
  return typeof value === "string" ? value : Buffer.from(value).toString("base64");
}

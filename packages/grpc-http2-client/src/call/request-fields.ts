import type { MetadataEntries } from "grpc-transcoding";
import { isBinaryKey, isLegalKey, isLegalText, isUnsendableKey } from "grpc-transcoding/internal";
import type { HeaderList } from "../hpack/header-list.ts";

/** What the client itself says of a call. */
const ofTheClient = new Set([
  "content-type",
  "grpc-accept-encoding",
  "grpc-encoding",
  "grpc-timeout",
  "user-agent",
]);

const none: HeaderList = [];

/** Metadata as header fields. Throws an Error that names a key or value which HTTP/2 must not carry. */
export function toRequestFields(metadata: MetadataEntries): HeaderList {
  if (metadata.length === 0) return none;
  const fields: string[] = [];
  for (const [key, value] of metadata) {
    if (!isLegalKey(key) || isUnsendableKey(key)) {
      throw new Error(`metadata must not have the key "${key}"`);
    }
    if (!ofTheClient.has(key)) fields.push(key, textOf(key, value));
  }
  return fields;
}

function textOf(key: string, value: string | Uint8Array): string {
  if (typeof value === "string" && !isBinaryKey(key)) {
    if (isLegalText(value)) return value;
    throw new Error(`the metadata "${key}" has a value that is not printable ASCII`);
  }
  if (typeof value === "string" || !isBinaryKey(key)) {
    throw new Error(
      `the metadata "${key}" is ${typeof value === "string" ? "text" : "bytes"}; keys that end with -bin, and only those, have bytes`,
    );
  }
  // Without padding, as the specification asks of senders.
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    .toString("base64")
    .replace(/=+$/, "");
}

import { hash } from "node:crypto";

/** SHA-256, in 43 characters. */
export function digest(data: string | Uint8Array): string {
  return hash("sha256", data, "base64url");
}

import type { PolicyCall } from "grpc-transcoding";
import { InvalidToken } from "./invalid-token.ts";

/** The longest token that is looked at, in characters. */
const maxTokenLength = 8 * 1024;

// RFC 6750, section 2.1; the scheme's name is in any case (RFC 9110, section 11.1).
const bearer = /^bearer +([A-Za-z0-9\-._~+/]+=*) *$/i;

/**
 * The token of a call's `authorization`; undefined where there is none, or one of another scheme. Throws
 * InvalidToken for what is no token, for one that is too long, and for several such headers: somebody on the way may
 * have looked at another one.
 */
export function bearerToken({ headers, rawHeaders }: PolicyCall): string | undefined {
  const value = headers.authorization;
  if (value === undefined || value === "") return undefined;
  if (typeof value !== "string" || sentTwice(value, rawHeaders)) {
    throw new InvalidToken("there are several authorization headers");
  }
  if (!/^bearer(?:\s|,|$)/i.test(value)) return undefined;
  if (value.length > maxTokenLength + "bearer ".length) {
    throw new InvalidToken(`it is longer than ${maxTokenLength} characters`);
  }
  const [, token] = bearer.exec(value) ?? [];
  if (token === undefined) throw new InvalidToken("it is not a token of RFC 6750");
  return token;
}

/** Whether the client sent several, of which Node took the first; a hook that has set another value has chosen. */
function sentTwice(value: string, rawHeaders: readonly string[] = []): boolean {
  let first: string | undefined;
  let count = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.toLowerCase() !== "authorization") continue;
    first ??= rawHeaders[i + 1];
    count += 1;
  }
  return count > 1 && first === value;
}

/** What a request carries as the JSON text, or the bytes, of its message. */
export interface RequestBody {
  readonly bytes: Uint8Array;
  /** Whether the app made the JSON: then the client's content type says nothing of it. */
  readonly isOwnJson: boolean;
}

const none: RequestBody = { bytes: new Uint8Array(0), isOwnJson: false };

/**
 * The value of `request.body`: the bytes that came, or what a hook put in their place: a plain object or
 * array as its JSON, a text or bytes as they are, null for none. Throws an Error for any other value, which
 * nobody could mean as JSON, and which must not pass as an empty message.
 */
export function requestBody(body: unknown): RequestBody {
  if (body === undefined || body === null) return none;
  if (body instanceof Uint8Array) return { bytes: body, isOwnJson: false };
  if (typeof body === "string") return { bytes: Buffer.from(body), isOwnJson: false };
  if (!isJsonValue(body)) {
    throw new TypeError(
      `a hook has set request.body to ${kindOf(body)}: give a plain object, an array, a text or bytes`,
    );
  }
  return { bytes: Buffer.from(jsonOf(body)), isOwnJson: true };
}

function isJsonValue(body: unknown): body is object {
  if (typeof body !== "object" || body === null) return false;
  if (Array.isArray(body) || "toJSON" in body) return true;
  const prototype = Object.getPrototypeOf(body);
  // Object.prototype, of this realm or another.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function jsonOf(body: object): string {
  try {
    const text: string | undefined = JSON.stringify(body);
    if (text === undefined) throw new TypeError("its toJSON gives nothing");
    return text;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : cause;
    throw new TypeError(`a hook has set request.body to what is no JSON: ${reason}`, { cause });
  }
}

function kindOf(value: unknown): string {
  if (typeof value !== "object" || value === null) return `a ${typeof value}`;
  const name: unknown = value.constructor?.name;
  return typeof name === "string" && name !== "" ? `a ${name}` : "an object";
}

/** The parts of an HTTP request that become call metadata. */
export interface RequestHeaders {
  /**
   * Names and values as `http.IncomingMessage.headers`, as the app's hooks left them: what they deleted is
   * gone, what they set counts. Undefined is no header.
   */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Names and values in turn, as `http.IncomingMessage.rawHeaders`: fields of one name, which `headers` has joined. */
  readonly rawHeaders: readonly string[];
  /** The client's address without its port. */
  readonly remoteAddress?: string | undefined;
}

const none: readonly string[] = [];

/**
 * The values of a header: each field that the client sent, unless the app has set the header, or Node took
 * the first of several: then what the hooks saw is the one value.
 */
export function fieldsOf(name: string, { headers, rawHeaders }: RequestHeaders): readonly string[] {
  const value: unknown = headers[name];
  if (value === undefined || value === null) return none;
  if (Array.isArray(value)) return value.map(String);
  const text = String(value);
  if (!text.includes(", ")) return [text];
  const sent: string[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.toLowerCase() === name) sent.push(rawHeaders[i + 1] as string);
  }
  return sent.join(", ") === text ? sent : [text];
}

/** The request by lower-case names, as Node has them. A name in capitals is the app's, so it wins. */
export function inLowerCase(request: RequestHeaders): RequestHeaders {
  const headers: Record<string, string | readonly string[] | undefined> = Object.create(null);
  const names = Object.keys(request.headers);
  const byClient = names.filter((name) => name === name.toLowerCase());
  const byApp = names.filter((name) => name !== name.toLowerCase());
  for (const name of [...byClient, ...byApp]) headers[name.toLowerCase()] = request.headers[name];
  return { ...request, headers };
}

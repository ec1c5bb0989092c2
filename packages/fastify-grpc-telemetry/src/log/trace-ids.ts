/** The ids that find a call among traces. */
export interface TraceIds {
  readonly traceId: string;
  readonly spanId: string;
}

// W3C Trace Context, section 3.2; an id of nothing but zeros is none.
const traceparent = /^[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}/;

/** The ids that a client sent, for logs of an app that has no spans of its own. */
export function clientTraceIds(header: unknown): TraceIds | undefined {
  const found = typeof header === "string" ? traceparent.exec(header) : null;
  if (found === null) return undefined;
  const [, traceId = "", spanId = ""] = found;
  return { traceId, spanId };
}

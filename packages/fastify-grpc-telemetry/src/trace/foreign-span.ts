import type { Context, Span, SpanKind } from "@opentelemetry/api";
import type { OpenTelemetryApi } from "../api/load-api.ts";

/** What instrumentations of HTTP leave in the context for those within (`RPCMetadata` of `@opentelemetry/core`). */
interface HttpMetadata {
  readonly type: "http";
  readonly span: Span;
  /** What the instrumentation takes as `http.route`. */
  route?: string;
}

const description = "OpenTelemetry SDK Context Key RPC_METADATA";

/** A server span of this request that somebody else has begun. */
export interface ForeignSpan {
  readonly span: Span;
  /** Of an instrumentation of HTTP, which measures the request as well. */
  readonly metadata: HttpMetadata | undefined;
}

/** Finds and marks the one server span of a request, so that no instrumentation begins a second. */
export class ServerSpanMark {
  readonly #api: OpenTelemetryApi;
  readonly #key: symbol;

  constructor(api: OpenTelemetryApi) {
    this.#api = api;
    this.#key = api.createContextKey(description);
  }

  find(context: Context): ForeignSpan | undefined {
    if (context === this.#api.ROOT_CONTEXT) return undefined;
    const metadata = context.getValue(this.#key) as HttpMetadata | undefined;
    if (metadata?.type === "http") return { span: metadata.span, metadata };
    const span = this.#api.trace.getSpan(context) as
      | (Span & { readonly kind?: SpanKind })
      | undefined;
    if (span?.kind !== this.#api.SpanKind.SERVER) return undefined;
    return { span, metadata: undefined };
  }

  /** A context in which @fastify/otel takes its span for one within ours. */
  mark(context: Context, span: Span): Context {
    const metadata: HttpMetadata = { type: "http", span };
    return context.setValue(this.#key, metadata);
  }
}

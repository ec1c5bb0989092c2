import type { Context, Link, TextMapGetter } from "@opentelemetry/api";
import type { MetadataEntries, MetadataEntry } from "grpc-transcoding";
import type { OpenTelemetryApi } from "../api/load-api.ts";
import type { TrustInboundTrace } from "../options.ts";

/** Headers of a request, or metadata of a native call. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Where a call's spans belong. */
export interface InboundTrace {
  readonly parent: Context;
  /** The client's span, where it is not the parent. */
  readonly links: Link[];
}

// W3C Trace Context, section 3.3.1.5: at least so many are to be passed on; more is an attack.
const maxTraceState = 512;

const getter: TextMapGetter<Headers> = {
  keys: (headers) => Object.keys(headers),
  get(headers, key) {
    const value = headers[key.toLowerCase()];
    if (key === "tracestate" && String(value).length > maxTraceState) return undefined;
    return value as string | string[] | undefined;
  },
};

/** What no call takes along of its client's, beside what the app's propagators write. */
const traceKeys: readonly string[] = ["traceparent", "tracestate", "baggage", "grpc-trace-bin"];

/** Reads the client's trace, and writes ours into the calls of services, by the propagators that the app has set. */
export class TraceContext {
  readonly #api: OpenTelemetryApi;
  readonly #trust: TrustInboundTrace;
  readonly #replaced: ReadonlySet<string>;

  constructor(api: OpenTelemetryApi, trust: TrustInboundTrace) {
    this.#api = api;
    this.#trust = trust;
    this.#replaced = new Set([...traceKeys, ...api.propagation.fields()]);
  }

  extract(headers: Headers): InboundTrace {
    const { ROOT_CONTEXT, propagation, trace } = this.#api;
    const inbound = propagation.extract(ROOT_CONTEXT, headers, getter);
    if (this.#trust === true) return { parent: inbound, links: [] };
    if (this.#trust === "trace") return { parent: propagation.deleteBaggage(inbound), links: [] };
    const context = trace.getSpanContext(inbound);
    return { parent: ROOT_CONTEXT, links: context === undefined ? [] : [{ context }] };
  }

  /** Metadata with this context's in place of any other; it is the last to be written. */
  inject(context: Context, metadata: MetadataEntries): MetadataEntries {
    const entries: MetadataEntry[] = metadata.filter(([key]) => !this.#replaced.has(key));
    this.#api.propagation.inject(context, entries, {
      set: (into, key, value) => void into.push([key.toLowerCase(), value]),
    });
    return entries;
  }

  /** The same as changes; undefined removes a key. */
  changes(context: Context): Record<string, string | undefined> {
    const changes: Record<string, string | undefined> = Object.create(null);
    for (const key of this.#replaced) changes[key] = undefined;
    this.#api.propagation.inject(context, changes, {
      set(into, key, value) {
        into[key.toLowerCase()] = value;
      },
    });
    return changes;
  }
}

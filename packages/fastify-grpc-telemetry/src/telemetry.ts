import type { FastifyBaseLogger } from "fastify";
import type { GatewayEntry, GatewayRegistry } from "grpc-transcoding";
import { quote } from "grpc-transcoding/internal";
import { findSdk } from "./api/find-sdk.ts";
import type { OpenTelemetryApi } from "./api/load-api.ts";
import { FST_GRPC_TELEMETRY_GATEWAY } from "./errors.ts";
import { AccessLog } from "./log/access-log.ts";
import { CallMetrics } from "./metrics/call-metrics.ts";
import { EventCounts } from "./metrics/event-counts.ts";
import { meterSink } from "./metrics/meter-sink.ts";
import type { MetricSink } from "./metrics/metric-sink.ts";
import type { PrometheusSink } from "./metrics/prometheus-sink.ts";
import type { CallParts } from "./observer/call-parts.ts";
import { GatewayObserver } from "./observer/gateway-observer.ts";
import { KnownNames } from "./observer/known-names.ts";
import type { ResolvedOptions } from "./options.ts";
import { wantsOldNames } from "./semantics/conventions.ts";
import { CallSpans } from "./trace/call-spans.ts";
import { TraceContext } from "./trace/trace-context.ts";
import type { Tracing } from "./trace/tracing.ts";

/** What telemetry works with beside its options. */
export interface TelemetryHost {
  readonly log: FastifyBaseLogger;
  readonly registry: GatewayRegistry;
  /** Undefined where it is not installed. */
  readonly api: OpenTelemetryApi | undefined;
  /** Undefined where no page is wanted. */
  readonly prometheus: PrometheusSink | undefined;
  /** Asked once the app is ready: whether somebody else makes spans of requests. */
  readonly hasOtherSpans: () => boolean;
}

/** What is looked for once. */
interface Found {
  readonly tracing: Tracing | undefined;
  readonly metrics: CallMetrics | undefined;
}

/** The telemetry of an app's gateways: `app.grpcTelemetry`. */
export class GrpcTelemetry {
  readonly #options: ResolvedOptions;
  readonly #host: TelemetryHost;
  readonly #sinks: MetricSink[] = [];
  #found: Found | undefined;
  #stopEvents: (() => void) | undefined;

  constructor(options: ResolvedOptions, host: TelemetryHost) {
    this.#options = options;
    this.#host = host;
  }

  /** The page for Prometheus, in its text format, for a listener of your own. Rejects where there is none: see the option `metrics.prometheus`. */
  async page(): Promise<string> {
    const { prometheus } = this.#host;
    if (prometheus === undefined) {
      throw new Error("there is no page for Prometheus: set metrics.path, or metrics.prometheus");
    }
    return prometheus.page();
  }

  /** Observes a gateway. */
  attach(entry: GatewayEntry): void {
    const { accessLog } = this.#options;
    entry.observe?.(new GatewayObserver(() => this.#partsOf(entry), accessLog !== undefined));
  }

  /** Throws FST_GRPC_TELEMETRY_GATEWAY for a name that no gateway has. */
  requireGateways(): void {
    const known = this.#host.registry.gateways.map(({ name }) => name);
    for (const name of this.#options.gateways ?? []) {
      if (known.includes(name)) continue;
      throw new FST_GRPC_TELEMETRY_GATEWAY(
        "gateways",
        quote(name),
        `no gateway of the app has this name; there are ${known.map(quote).join(", ")}`,
      );
    }
  }

  /** Nothing reads gauges, nor hears events, any more; the plugin calls it when the app closes. */
  close(): void {
    this.#stopEvents?.();
    for (const sink of this.#sinks.splice(0)) sink.close();
  }

  #partsOf(entry: GatewayEntry): CallParts | undefined {
    this.#found ??= this.#find();
    const { tracing, metrics } = this.#found;
    const { accessLog, metrics: settings } = this.#options;
    if (tracing === undefined && metrics === undefined && accessLog === undefined) return undefined;
    return {
      gateway: entry.name,
      names: new KnownNames(entry, settings?.tenants ?? []),
      tracing,
      spans: tracing && new CallSpans(tracing, entry.name),
      metrics,
      ports: metrics && {
        http: metrics.port(entry.name, "http"),
        grpc: metrics.port(entry.name, "grpc"),
      },
      log: accessLog && new AccessLog(this.#host.log, accessLog),
    };
  }

  #find(): Found {
    const { api, hasOtherSpans } = this.#host;
    const { traces, trustInboundTrace } = this.#options;
    const { tracer, meter } = findSdk(api);
    const withOldNames = wantsOldNames(process.env.OTEL_SEMCONV_STABILITY_OPT_IN);
    const tracing =
      api === undefined || tracer === undefined || !traces
        ? undefined
        : {
            api,
            tracer,
            traces: new TraceContext(api, trustInboundTrace),
            withOldNames,
            marksServerSpans: hasOtherSpans(),
          };
    return { tracing, metrics: this.#measure(meter && meterSink(meter), withOldNames) };
  }

  #measure(sdk: MetricSink | undefined, withOldNames: boolean): CallMetrics | undefined {
    if (this.#options.metrics === undefined) return undefined;
    const { registry, prometheus } = this.#host;
    this.#sinks.push(...[sdk, prometheus].filter((sink) => sink !== undefined));
    if (this.#sinks.length === 0) return undefined;
    const events = new EventCounts();
    this.#stopEvents = registry.onEvent((event) => events.add(event));
    for (const sink of this.#sinks) {
      sink.observeRegistry(registry);
      events.show(sink);
    }
    return new CallMetrics(this.#sinks, withOldNames);
  }
}

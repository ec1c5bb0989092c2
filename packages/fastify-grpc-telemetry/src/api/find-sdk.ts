import type { Meter, ProxyTracerProvider, Tracer, TracerProvider } from "@opentelemetry/api";
import type { OpenTelemetryApi } from "./load-api.ts";

/** What an SDK has registered. */
export interface Sdk {
  readonly tracer: Tracer | undefined;
  readonly meter: Meter | undefined;
}

const scope = "fastify-grpc-telemetry";

/** Looks whether an SDK is there. The API answers with objects that do nothing where none is. */
export function findSdk(api: OpenTelemetryApi | undefined): Sdk {
  if (api === undefined) return { tracer: undefined, meter: undefined };
  const provider: Partial<ProxyTracerProvider> & TracerProvider = api.trace.getTracerProvider();
  // A proxy stands for a provider that may come later. Its class may be that of another copy of the API.
  const hasTraces =
    provider.getDelegateTracer === undefined || provider.getDelegateTracer(scope) !== undefined;
  const meter = api.metrics.getMeter(scope);
  return {
    tracer: hasTraces ? provider.getTracer(scope) : undefined,
    meter: meter === api.createNoopMeter() ? undefined : meter,
  };
}

import type { FastifyRequest } from "fastify";
import type { CallEnd, CallObservation, ObservedCall } from "grpc-transcoding";
import type { MeasuredCall } from "../metrics/call-metrics.ts";
import { OTHER } from "../semantics/conventions.ts";
import { httpMethodLabel } from "../semantics/http-method.ts";
import { endServerSpan, type ServerSpan } from "../trace/server-span.ts";
import type { Tracing } from "../trace/tracing.ts";
import type { CallParts } from "./call-parts.ts";

/** One call, seen by whatever the app wants to know of it. */
export class Observation implements CallObservation {
  readonly #parts: CallParts;
  readonly #call: ObservedCall;
  /** Undefined where there are no metrics. */
  readonly #measured: MeasuredCall | undefined;
  /** Its method as labels and spans have it; undefined where none is called. */
  readonly method: string | undefined;
  readonly span: ServerSpan | undefined;
  /** Undefined where there is no span: an async context costs more than the rest. */
  readonly within: ((run: () => void) => void) | undefined;
  /** How often a transport was asked. */
  attempts = 0;

  constructor(parts: CallParts, call: ObservedCall) {
    const { names, spans, ports } = parts;
    this.#parts = parts;
    this.#call = call;
    this.method = names.method(call);
    this.span = spans?.begin(call, this.method);
    this.within = withinSpan(parts.tracing, this.span);
    if (ports === undefined) return;
    const port = ports[call.protocol];
    port.active += 1;
    this.#measured = {
      port,
      method: this.method,
      tenant: names.tenant(call.tenant),
      http: httpOf(call, names.route(call)),
    };
  }

  metadata(): Record<string, string | undefined> | undefined {
    const { tracing } = this.#parts;
    if (tracing === undefined || this.span === undefined) return undefined;
    return tracing.traces.changes(this.span.context);
  }

  message(direction: "in" | "out", bytes: number): void {
    if (this.#measured !== undefined)
      this.#parts.metrics?.message(this.#measured, direction, bytes);
  }

  end(end: CallEnd): void {
    const { tracing, metrics, log, gateway } = this.#parts;
    const { span, attempts } = this;
    if (this.#measured !== undefined) {
      this.#measured.port.active -= 1;
      metrics?.end(this.#measured, end, span?.foreign?.metadata !== undefined);
    }
    log?.write({ call: this.#call, gateway, end, attempts, ids: span?.span.spanContext() });
    if (span !== undefined && tracing !== undefined) endServerSpan(span, end, tracing);
  }
}

function withinSpan(
  tracing: Tracing | undefined,
  span: ServerSpan | undefined,
): ((run: () => void) => void) | undefined {
  if (tracing === undefined || span === undefined) return undefined;
  const { context } = tracing.api;
  return (run) => context.with(span.context, run);
}

function httpOf({ request }: ObservedCall, route: string | undefined): MeasuredCall["http"] {
  if (request === undefined) return undefined;
  const { raw, protocol } = request as FastifyRequest;
  // Behind a proxy that is trusted, a header tells it.
  const scheme = protocol === "http" || protocol === "https" ? protocol : OTHER;
  return { method: httpMethodLabel(raw.method ?? ""), scheme, route };
}

import type { GatewayEvent } from "grpc-transcoding";
import { GATEWAY_EVENT, GATEWAY_NAME } from "../semantics/conventions.ts";
import { events } from "./instruments.ts";
import { LabelSets } from "./label-sets.ts";
import type { Labels, MetricSink } from "./metric-sink.ts";

/** Counts what gateways and their plugins tell: reloads, breakers that open. */
export class EventCounts {
  readonly #sets = new LabelSets();
  readonly #counts = new Map<Labels, number>();

  add({ type, gateway }: GatewayEvent): void {
    const labels = this.#sets.get(`${gateway} ${type}`, () => ({
      [GATEWAY_NAME]: gateway,
      [GATEWAY_EVENT]: type,
    }));
    this.#counts.set(labels, (this.#counts.get(labels) ?? 0) + 1);
  }

  show(sink: MetricSink): void {
    sink.observe(events, () => this.#counts);
  }
}

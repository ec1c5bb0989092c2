import type { GatewayEvent } from "grpc-transcoding";
import { GATEWAY_EVENT, GATEWAY_NAME } from "../semantics/conventions.ts";
import { events } from "./instruments.ts";
import type { MetricSink, Reading } from "./metric-sink.ts";

/** Counts what gateways and their plugins tell: reloads, breakers that open. */
export class EventCounts {
  readonly #counts = new Map<string, Map<string, number>>();

  add({ type, gateway }: GatewayEvent): void {
    const counts = this.#counts.get(gateway) ?? new Map<string, number>();
    this.#counts.set(gateway, counts);
    counts.set(type, (counts.get(type) ?? 0) + 1);
  }

  show(sink: MetricSink): void {
    sink.observe(events, () => this.#readings());
  }

  *#readings(): Iterable<Reading> {
    for (const [gateway, counts] of this.#counts) {
      for (const [type, count] of counts) {
        yield [{ [GATEWAY_NAME]: gateway, [GATEWAY_EVENT]: type }, count];
      }
    }
  }
}

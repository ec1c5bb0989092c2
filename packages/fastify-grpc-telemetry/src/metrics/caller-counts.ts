import { type Code, codeName } from "grpc-transcoding";
import {
  GATEWAY_NAME,
  GATEWAY_PROTOCOL,
  GATEWAY_TENANT,
  RPC_METHOD,
  RPC_STATUS_CODE,
} from "../semantics/conventions.ts";
import type { Reading } from "./metric-sink.ts";

/** Calls of one protocol to one gateway. */
export class PortCounts {
  /** Those that have not ended. */
  active = 0;
  readonly #gateway: string;
  readonly #protocol: string;
  /** By method and tenant: those that have ended, by code. */
  readonly #ended = new Map<string, Map<string, number[]>>();

  constructor(gateway: string, protocol: string) {
    this.#gateway = gateway;
    this.#protocol = protocol;
  }

  ended(method: string, tenant: string, code: Code): void {
    let tenants = this.#ended.get(method);
    if (tenants === undefined) {
      tenants = new Map();
      this.#ended.set(method, tenants);
    }
    let codes = tenants.get(tenant);
    if (codes === undefined) {
      codes = [];
      tenants.set(tenant, codes);
    }
    codes[code] = (codes[code] ?? 0) + 1;
  }

  activeReading(): Reading {
    const labels = { [GATEWAY_NAME]: this.#gateway, [GATEWAY_PROTOCOL]: this.#protocol };
    return [labels, this.active];
  }

  *endedReadings(): Iterable<Reading> {
    for (const [method, tenants] of this.#ended) {
      for (const [tenant, codes] of tenants) {
        for (const [code, count] of codes.entries()) {
          if (count === undefined) continue;
          const labels = {
            [GATEWAY_NAME]: this.#gateway,
            [GATEWAY_PROTOCOL]: this.#protocol,
            ...(tenant !== "" && { [GATEWAY_TENANT]: tenant }),
            [RPC_METHOD]: method,
            [RPC_STATUS_CODE]: codeName(code),
          };
          yield [labels, count];
        }
      }
    }
  }
}

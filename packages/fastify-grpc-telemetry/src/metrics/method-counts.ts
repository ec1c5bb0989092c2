import { type Code, codeName } from "grpc-transcoding";
import {
  ERROR_TYPE,
  GATEWAY_DIRECTION,
  OLD_RPC_SERVICE,
  OLD_RPC_STATUS_CODE,
  OLD_RPC_SYSTEM,
  RPC_METHOD,
  RPC_STATUS_CODE,
  RPC_SYSTEM_NAME,
} from "../semantics/conventions.ts";
import type { Labels } from "./metric-sink.ts";

/** What has gone one way through a method. */
export class DirectionCounts {
  readonly labels: Labels;
  messages = 0;
  bytes = 0;
  seconds = 0;

  constructor(direction: "in" | "out", method: string) {
    this.labels = { [GATEWAY_DIRECTION]: direction, [RPC_METHOD]: method };
  }
}

/** What is counted of one method, whoever calls it, and the labels of its calls. */
export class MethodCounts {
  readonly in: DirectionCounts;
  readonly out: DirectionCounts;
  readonly #method: string;
  readonly #failed: Labels[] = [];
  readonly #others: Labels[] = [];
  readonly #old: Labels[] = [];

  constructor(method: string) {
    this.#method = method;
    this.in = new DirectionCounts("in", method);
    this.out = new DirectionCounts("out", method);
  }

  /** By code; `isError` says whose fault that is. */
  rpcLabels(code: Code, isError: boolean): Labels {
    const made = isError ? this.#failed : this.#others;
    made[code] ??= {
      [RPC_SYSTEM_NAME]: "grpc",
      [RPC_METHOD]: this.#method,
      [RPC_STATUS_CODE]: codeName(code),
      ...(isError && { [ERROR_TYPE]: codeName(code) }),
    };
    return made[code];
  }

  /** As they were before the names were stable. */
  oldLabels(code: Code): Labels {
    const slash = this.#method.indexOf("/");
    this.#old[code] ??= {
      [OLD_RPC_SYSTEM]: "grpc",
      [OLD_RPC_SERVICE]: this.#method.slice(0, Math.max(0, slash)),
      [RPC_METHOD]: this.#method.slice(slash + 1),
      [OLD_RPC_STATUS_CODE]: code,
    };
    return this.#old[code];
  }
}

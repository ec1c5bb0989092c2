import type { CallObserver, Interceptor, ObservedCall } from "grpc-transcoding";
import { observeAttempts } from "./attempts.ts";
import type { CallParts } from "./call-parts.ts";
import { Observation } from "./observation.ts";

/** Sees the calls of one gateway. What for is known only once the app is ready, when an SDK has been looked for. */
export class GatewayObserver implements CallObserver {
  readonly logs: boolean;
  readonly #findParts: () => CallParts | undefined;
  #parts: CallParts | undefined;

  /** `findParts` is asked once; undefined: there is nothing to see. */
  constructor(findParts: () => CallParts | undefined, logs: boolean) {
    this.#findParts = findParts;
    this.logs = logs;
  }

  start(): boolean {
    this.#parts = this.#findParts();
    return this.#parts !== undefined;
  }

  get attempts(): Interceptor | undefined {
    return this.#parts && observeAttempts(this.#parts);
  }

  begin(call: ObservedCall): Observation | undefined {
    return this.#parts && new Observation(this.#parts, call);
  }
}

// The part of opossum 9 that is used here; it comes without types.
declare module "opossum" {
  export interface BreakerOptions {
    timeout: false;
    errorThresholdPercentage: number;
    volumeThreshold: number;
    resetTimeout: number;
    rollingCountTimeout: number;
    rollingCountBuckets: number;
    enableSnapshots: boolean;
    rollingPercentilesEnabled: boolean;
    rotateBucketController: import("node:events").EventEmitter;
  }

  export default class CircuitBreaker<T> {
    constructor(action: (argument: T) => unknown, options: BreakerOptions);
    readonly closed: boolean;
    readonly opened: boolean;
    readonly halfOpen: boolean;
    fire(argument: T): Promise<unknown>;
    open(): void;
    shutdown(): void;
    on(event: "open" | "halfOpen" | "close", listener: () => void): this;
  }
}

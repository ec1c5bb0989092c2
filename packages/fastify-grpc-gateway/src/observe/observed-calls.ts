import type { CallObserver, Interceptor } from "grpc-transcoding";
import { FST_GRPC_OPTION } from "../errors.ts";

/** Who sees the calls of a gateway: nobody, or one observer. */
export class ObservedCalls {
  #observer: CallObserver | undefined;
  #active: CallObserver | undefined;
  readonly #awaiting: (() => void)[] = [];

  /** The observer, once the app is ready and there is anything to see. */
  get active(): CallObserver | undefined {
    return this.#active;
  }

  /** Throws FST_GRPC_OPTION where another observer is there. */
  observe(observer: CallObserver): void {
    if (this.#observer !== undefined) {
      throw new FST_GRPC_OPTION("observe: the calls of this gateway are observed already");
    }
    this.#observer = observer;
    for (const listener of this.#awaiting.splice(0)) listener();
  }

  /** Calls back as soon as there is an observer, while the app's plugins load. */
  whenObserved(listener: () => void): void {
    if (this.#observer === undefined) this.#awaiting.push(listener);
    else listener();
  }

  /** The app is ready. Returns what the observer puts around attempts. */
  start(): Interceptor | undefined {
    const observer = this.#observer;
    if (observer?.start() !== true) return undefined;
    this.#active = observer;
    return observer.attempts;
  }
}

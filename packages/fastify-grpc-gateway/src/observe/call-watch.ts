import {
  type CallContext,
  type CallObservation,
  type CallTiming,
  type Code,
  type ContextKey,
  contextKey,
  type MessageTally,
} from "grpc-transcoding";
import { observationKey } from "grpc-transcoding/internal";

/** What is known only when a call has ended. */
export interface WatchedEnd {
  readonly code: Code;
  readonly statusCode: number | undefined;
  readonly timing: CallTiming;
  readonly identity: unknown;
  readonly isLogged: boolean;
}

/** One call that is observed: its messages, and its one end. */
export class CallWatch {
  /** The code of its answer, as far as it is known. */
  code: Code | undefined;
  /** Whether the observer writes its log line. */
  readonly logs: boolean;
  readonly observation: CallObservation;
  readonly #began: number = performance.now();
  readonly #tally: MessageTally = { messagesIn: 0, bytesIn: 0, messagesOut: 0, bytesOut: 0 };
  #isOver = false;

  constructor(observation: CallObservation, logs: boolean) {
    this.observation = observation;
    this.logs = logs;
  }

  /** Whoever asks finds the watch, and the observation, in the call's context. */
  enter(context: CallContext): void {
    context.set(watchKey, this);
    context.set(observationKey, this.observation);
  }

  within(run: () => void): void {
    const { observation } = this;
    if (observation.within === undefined) run();
    else observation.within(run);
  }

  /** A message of the client. */
  received(bytes: number): void {
    this.#tally.messagesIn += 1;
    this.#tally.bytesIn += bytes;
    this.observation.message?.("in", bytes);
  }

  /** A message of the service. */
  sent(bytes: number): void {
    this.#tally.messagesOut += 1;
    this.#tally.bytesOut += bytes;
    this.observation.message?.("out", bytes);
  }

  /** Whether the observer was told of the end. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Tells the observer; the first of several ends counts. */
  protected end({ code, statusCode, timing, identity, isLogged }: WatchedEnd): void {
    if (this.#isOver) return;
    this.#isOver = true;
    // Member by member: spreading costs more than the rest.
    this.observation.end({
      code,
      statusCode,
      began: this.#began,
      ended: performance.now(),
      timing,
      tally: this.#tally,
      identity,
      isLogged,
    });
  }
}

const watchKey: ContextKey<CallWatch | undefined> = contextKey<CallWatch | undefined>(
  "watch",
  undefined,
);

/** The watch over a call; undefined for one that nobody observes. */
export function watchOf(context: CallContext | undefined): CallWatch | undefined {
  return context?.get(watchKey);
}

/** Tells when a stream has been silent for a while: one timer, from its start until {@link stop}. */
export class Heartbeat {
  readonly #timer: NodeJS.Timeout;

  /** Calls `beat` after each `silenceMs` without {@link sent}. */
  constructor(silenceMs: number, beat: () => void) {
    this.#timer = setInterval(beat, silenceMs);
  }

  /** Something was sent: the silence begins again. */
  sent(): void {
    this.#timer.refresh();
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

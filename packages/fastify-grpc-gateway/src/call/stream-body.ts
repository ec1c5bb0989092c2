import { Readable } from "node:stream";

/** What a streamed body tells the call behind it. */
export interface BodySource {
  /** The client can take more. */
  want(): void;
  /** Nobody reads any more. */
  closed(): void;
}

/** The body of a streamed response, filled from outside as its reader can take more. */
export class StreamBody extends Readable {
  readonly #source: BodySource;

  constructor(source: BodySource) {
    super({ highWaterMark: StreamBody.chunkBytes });
    this.#source = source;
  }

  /** How much is written at once, and held beside it. */
  static readonly chunkBytes: number = 16 * 1024;

  override _read(): void {
    this.#source.want();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#source.closed();
    done(error);
  }
}

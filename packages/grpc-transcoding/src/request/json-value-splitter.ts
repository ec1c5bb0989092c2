import { JsonError } from "../json/json-codec.ts";
import { endsScalar, isCloser, isOpener, isSpace } from "../json/skip-json.ts";
import { Code } from "../status/code.ts";
import { gatewayError } from "../status/status-error.ts";

const quote = 34;
const backslash = 92;

/** What the splitter is inside of. A scalar at the top level (`1`, `true`) ends where something else starts. */
const State = { BETWEEN: 0, NESTED: 1, STRING: 2, ESCAPE: 3, SCALAR: 4 } as const;
type State = (typeof State)[keyof typeof State];

/**
 * Cuts a stream of JSON values, one after the other or a line each (NDJSON), into the text of each value. Looks
 * at every byte once, however the chunks fall, and keeps no more than one value. Says where values end,
 * not whether they are valid: that is for the parser.
 */
export class JsonValueSplitter {
  readonly #maxBytes: number;
  /**
   * The start of a value that earlier chunks brought, copied: pieces as they came would be unbounded
   * in number, and each would hold on to the whole buffer that it was read into.
   */
  #kept: Buffer = Buffer.alloc(0);
  #keptBytes = 0;
  #state: State = State.BETWEEN;
  #depth = 0;

  /** `maxBytes`: the largest text of one value. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /**
   * The values that end in this chunk, as parts of it where they lie in it as a whole.
   * Throws a {@link JsonError} for what cannot start a value, and a StatusError with RESOURCE_EXHAUSTED
   * for a value of more than `maxBytes`.
   */
  push(chunk: Uint8Array): Buffer[] {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const values: Buffer[] = [];
    let start = 0;
    for (let at = 0; at < bytes.length; at++) {
      const c = bytes[at] as number;
      if (this.#state === State.SCALAR && endsScalar(c)) {
        values.push(this.#take(bytes, start, at));
      }
      if (this.#state === State.BETWEEN) {
        if (isSpace(c)) continue;
        start = at;
      }
      if (this.#step(c)) {
        values.push(this.#take(bytes, start, at + 1));
        start = at + 1;
      }
    }
    if (this.#state !== State.BETWEEN) this.#keep(bytes.subarray(start));
    return values;
  }

  /** The last value, if it is a scalar that nothing followed. Throws a {@link JsonError} for an unfinished value. */
  end(): Buffer[] {
    if (this.#state === State.BETWEEN) return [];
    if (this.#state !== State.SCALAR) {
      throw new JsonError([{ path: "", description: "the input ends in the middle of a value" }]);
    }
    return [this.#take(Buffer.alloc(0), 0, 0)];
  }

  /** Goes over one byte; true if a value ends with it. */
  #step(c: number): boolean {
    switch (this.#state) {
      case State.ESCAPE:
        this.#state = State.STRING;
        return false;
      case State.STRING:
        if (c === backslash) this.#state = State.ESCAPE;
        else if (c === quote) {
          this.#state = State.NESTED;
          return this.#depth === 0;
        }
        return false;
      case State.NESTED:
        if (c === quote) this.#state = State.STRING;
        else if (isOpener(c)) this.#depth++;
        else if (isCloser(c)) return --this.#depth === 0;
        return false;
      case State.SCALAR:
        return false;
      case State.BETWEEN:
        if (isOpener(c)) {
          this.#depth = 1;
          this.#state = State.NESTED;
        } else if (c === quote) {
          this.#state = State.STRING;
        } else if (endsScalar(c)) {
          const found = JSON.stringify(String.fromCharCode(c));
          throw new JsonError([{ path: "", description: `JSON value expected, not ${found}` }]);
        } else {
          this.#state = State.SCALAR;
        }
        return false;
    }
  }

  #take(bytes: Buffer, start: number, end: number): Buffer {
    let value = bytes.subarray(start, end);
    this.#check(value.length);
    if (this.#keptBytes > 0) {
      this.#keep(value);
      value = this.#kept.subarray(0, this.#keptBytes);
      this.#kept = Buffer.alloc(0);
      this.#keptBytes = 0;
    }
    this.#state = State.BETWEEN;
    this.#depth = 0;
    return value;
  }

  #keep(piece: Buffer): void {
    this.#check(piece.length);
    const needed = this.#keptBytes + piece.length;
    if (needed > this.#kept.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#kept.length * 2));
      this.#kept.copy(larger, 0, 0, this.#keptBytes);
      this.#kept = larger;
    }
    piece.copy(this.#kept, this.#keptBytes);
    this.#keptBytes = needed;
  }

  #check(more: number): void {
    if (this.#keptBytes + more > this.#maxBytes) {
      throw gatewayError(`a JSON value of the stream is larger than ${this.#maxBytes} bytes`, {
        code: Code.RESOURCE_EXHAUSTED,
      });
    }
  }
}

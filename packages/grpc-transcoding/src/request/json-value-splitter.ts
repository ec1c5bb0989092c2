import { JsonError } from "../json/json-codec.ts";
import { endsScalar, isCloser, isOpener, isSpace } from "../json/skip-json.ts";
import { Code } from "../model/code.ts";
import { gatewayError } from "../status/status-error.ts";

const quote = 34;
const backslash = 92;
const openBracket = 91;
const closeBracket = 93;
const comma = 44;

/** What the splitter is inside of. A scalar at the top level (`1`, `true`) ends where something else starts. */
const State = { BETWEEN: 0, NESTED: 1, STRING: 2, ESCAPE: 3, SCALAR: 4 } as const;
type State = (typeof State)[keyof typeof State];

/** Where the splitter is while it is between values. */
const Place = {
  START: 0,
  SEQUENCE: 1,
  /** Behind `[`, a comma, an item, or `]` of the array that holds all values. */
  OPENED: 2,
  COMMA: 3,
  ITEM: 4,
  CLOSED: 5,
} as const;
type Place = (typeof Place)[keyof typeof Place];

/** What a splitter takes. */
export interface SplitterOptions {
  /** The largest text of one value. */
  readonly maxBytes: number;
  /**
   * Whether an array at the start of the stream is one of the values, or holds all of them.
   * @default "value"
   */
  readonly arrays?: "value" | "items";
}

/**
 * Cuts a stream of JSON values, one after the other, a line each (NDJSON) or in an array, into the text of each
 * value. Looks at every byte once, however the chunks fall, and keeps no more than one value. Says where values
 * end, not whether they are valid: that is for the parser.
 */
export class JsonValueSplitter {
  readonly #maxBytes: number;
  readonly #takesItems: boolean;
  /**
   * The start of a value that earlier chunks brought, copied: pieces as they came would be unbounded
   * in number, and each would hold on to the whole buffer that it was read into.
   */
  #kept: Buffer = Buffer.alloc(0);
  #keptBytes = 0;
  #state: State = State.BETWEEN;
  #depth = 0;
  #place: Place = Place.START;

  constructor({ maxBytes, arrays = "value" }: SplitterOptions) {
    this.#maxBytes = maxBytes;
    this.#takesItems = arrays === "items";
  }

  /**
   * The values that end in this chunk, found as they are taken, as parts of it where they lie in it as a whole. All
   * have to be taken before the next chunk.
   * Throws a {@link JsonError} for what cannot start a value, and a StatusError with RESOURCE_EXHAUSTED
   * for a value of more than `maxBytes`.
   */
  *push(chunk: Uint8Array): Generator<Buffer, void> {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let start = 0;
    let at = 0;
    while (at < bytes.length) {
      if (this.#state === State.BETWEEN) {
        start = this.#findStart(bytes, at);
        if (start === bytes.length) return;
        at = start + 1;
      }
      at = this.#findEnd(bytes, at);
      if (this.#state === State.BETWEEN) yield this.#take(bytes, start, at);
    }
    if (this.#state !== State.BETWEEN) this.#keep(bytes.subarray(start));
  }

  /** The last value, if it is a scalar that nothing followed. Throws a {@link JsonError} for an unfinished value. */
  *end(): Generator<Buffer, void> {
    const isOpen = this.#place >= Place.OPENED && this.#place < Place.CLOSED;
    const isInValue = this.#state !== State.BETWEEN && this.#state !== State.SCALAR;
    if (isOpen || isInValue) {
      throw malformed(`the input ends in the middle of ${isInValue ? "a value" : "an array"}`);
    }
    if (this.#state === State.SCALAR) yield this.#take(Buffer.alloc(0), 0, 0);
  }

  /** Goes over one byte between values: true if a value starts with it. */
  #startsValue(c: number): boolean {
    switch (this.#place) {
      case Place.START:
        this.#place = this.#takesItems && c === openBracket ? Place.OPENED : Place.SEQUENCE;
        return this.#place === Place.SEQUENCE;
      case Place.SEQUENCE:
        return true;
      case Place.OPENED:
        this.#place = c === closeBracket ? Place.CLOSED : Place.ITEM;
        return c !== closeBracket;
      case Place.COMMA:
        this.#place = Place.ITEM;
        return true;
      case Place.ITEM:
        if (c === comma) this.#place = Place.COMMA;
        else if (c === closeBracket) this.#place = Place.CLOSED;
        else throw malformed(`"," or "]" expected, not ${shown(c)}`);
        return false;
      case Place.CLOSED:
        throw malformed(`${shown(c)} stands behind the array`);
    }
  }

  /** The next value's first byte, which is taken; the chunk's end where it has none. */
  #findStart(bytes: Buffer, from: number): number {
    for (let at = from; at < bytes.length; at++) {
      const c = bytes[at] as number;
      if (isSpace(c) || !this.#startsValue(c)) continue;
      if (isOpener(c)) {
        this.#depth = 1;
        this.#state = State.NESTED;
      } else if (c === quote) {
        this.#state = State.STRING;
      } else if (endsScalar(c)) {
        throw malformed(`JSON value expected, not ${shown(c)}`);
      } else {
        this.#state = State.SCALAR;
      }
      return at;
    }
    return bytes.length;
  }

  /** Goes on within a value: behind its end, where the state is `BETWEEN` again, or the chunk's end. */
  #findEnd(bytes: Buffer, from: number): number {
    // Locals: every byte of an upload comes by here.
    const { length } = bytes;
    let at = from;
    let state = this.#state;
    let depth = this.#depth;
    while (at < length && state !== State.BETWEEN) {
      if (state === State.STRING) at = skipPlainText(bytes, at);
      if (at === length) break;
      const c = bytes[at] as number;
      if (state === State.SCALAR) {
        if (endsScalar(c)) state = State.BETWEEN;
        else at++;
        continue;
      }
      at++;
      if (state === State.STRING) {
        if (c === backslash) state = State.ESCAPE;
        else state = depth === 0 ? State.BETWEEN : State.NESTED;
      } else if (state === State.ESCAPE) {
        state = State.STRING;
      } else if (c === quote) {
        state = State.STRING;
      } else if (isOpener(c)) {
        depth++;
      } else if (isCloser(c)) {
        depth--;
        if (depth === 0) state = State.BETWEEN;
      }
    }
    this.#state = state;
    this.#depth = depth;
    return at;
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
        http: { statusCode: 413 },
      });
    }
  }
}

/** The next quote or backslash, or the end. */
function skipPlainText(bytes: Buffer, from: number): number {
  const { length } = bytes;
  let at = from;
  while (at < length) {
    const c = bytes[at];
    if (c === quote || c === backslash) break;
    at++;
  }
  return at;
}

function malformed(description: string): JsonError {
  return new JsonError([{ path: "", description }]);
}

function shown(c: number): string {
  return JSON.stringify(String.fromCharCode(c));
}

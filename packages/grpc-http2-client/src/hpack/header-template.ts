import { encodeHeaders, maxBlockBytes, writeHeaders } from "./encode-headers.ts";
import type { HeaderList } from "./header-list.ts";

/** The header block of a method with its fixed fields encoded once; each call adds its own. */
export class HeaderTemplate {
  readonly #fixed: Buffer;
  readonly #sensitive: ReadonlySet<string> | undefined;

  constructor(fixed: HeaderList, options: { readonly sensitive?: ReadonlySet<string> } = {}) {
    this.#fixed = Buffer.from(encodeHeaders(fixed, options));
    this.#sensitive = options.sensitive;
  }

  /** The most bytes that a block takes with these fields more. */
  maxBytes(extra: HeaderList): number {
    return this.#fixed.length + maxBlockBytes(extra);
  }

  /**
   * Writes the block at `offset` of a buffer that has `maxBytes` left, and returns the offset after
   * it.
   * @throws RangeError on a character above U+00FF, which no field can carry.
   */
  writeTo(target: Buffer, offset: number, extra: HeaderList): number {
    target.set(this.#fixed, offset);
    return writeHeaders(target, offset + this.#fixed.length, extra, this.#sensitive);
  }

  /** The block in a buffer of its own. */
  block(extra: HeaderList): Buffer {
    const target = Buffer.allocUnsafe(this.maxBytes(extra));
    return target.subarray(0, this.writeTo(target, 0, extra));
  }
}

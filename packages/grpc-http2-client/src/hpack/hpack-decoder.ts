import { BlockMemo } from "./block-memo.ts";
import { BlockReader } from "./block-reader.ts";
import { DynamicTable, ENTRY_OVERHEAD } from "./dynamic-table.ts";
import type { HeaderList } from "./header-list.ts";
import { HpackError } from "./hpack-error.ts";
import { STATIC_ENTRIES, staticNames, staticValues } from "./static-table.ts";

/** What a peer may use before it acknowledged our settings (RFC 9113 §6.5.2). */
const DEFAULT_TABLE_BYTES = 4096;

/** What a decoder of one connection holds to. */
export interface HpackDecoderOptions {
  /** The SETTINGS_HEADER_TABLE_SIZE that we announce, in bytes. */
  readonly maxTableBytes: number;
  /** The most that a list may have: its bytes, and 32 for each field. */
  readonly maxListBytes: number;
  /** The most fields that a list may have. */
  readonly maxEntries: number;
}

/** Decodes the header blocks of one connection, each whole and in order (RFC 7541). */
export class HpackDecoder {
  readonly #options: HpackDecoderOptions;
  readonly #reader = new BlockReader();
  readonly #memo = new BlockMemo();
  readonly #table = new DynamicTable(DEFAULT_TABLE_BYTES);
  readonly #stringLimit: number;
  #allowedTableBytes: number;
  #mustShrink = false;
  #isStateless = true;
  #list: string[] = [];
  #listBytes = 0;
  #isTooLarge = false;

  constructor(options: HpackDecoderOptions) {
    this.#options = options;
    this.#allowedTableBytes = Math.max(options.maxTableBytes, DEFAULT_TABLE_BYTES);
    // A string that is too long for the list may still have its place in the table.
    this.#stringLimit = Math.max(options.maxListBytes, this.#allowedTableBytes);
  }

  /**
   * The peer acknowledged our settings: from its next block on the announced table size holds.
   * A table that has more must be made smaller by that block (RFC 9113 §4.3.1).
   */
  settingsAcknowledged(): void {
    const { maxTableBytes } = this.#options;
    this.#allowedTableBytes = maxTableBytes;
    if (this.#table.bytes > maxTableBytes) this.#mustShrink = true;
    else if (this.#table.capacity > maxTableBytes) this.#table.resize(maxTableBytes);
  }

  /**
   * The header list of the block from `start` to `end`; the same array again for the same bytes.
   * Undefined where the list is over a limit: the block is read to its end all the same, so that
   * only its stream needs to fail.
   * @throws HpackError where the block cannot be read: a connection error.
   */
  decode(block: Buffer, start = 0, end: number = block.length): HeaderList | undefined {
    if (this.#mustShrink) return this.#decode(block, start, end);
    const known = this.#memo.find(block, start, end);
    if (known !== undefined) return known;
    const list = this.#decode(block, start, end);
    if (list !== undefined && this.#isStateless) this.#memo.keep(list);
    return list;
  }

  #decode(block: Buffer, start: number, end: number): HeaderList | undefined {
    const reader = this.#reader;
    reader.begin(block, start, end);
    this.#list = [];
    this.#listBytes = 0;
    this.#isTooLarge = false;
    this.#isStateless = true;
    this.#readSizeUpdates();
    while (reader.position < end) this.#readField(block[reader.position] as number);
    const list = this.#list;
    this.#list = [];
    return this.#isTooLarge ? undefined : list;
  }

  #readSizeUpdates(): void {
    const reader = this.#reader;
    while (reader.position < reader.end) {
      if (((reader.bytes[reader.position] as number) & 0xe0) !== 0x20) break;
      const size = reader.integer(0x1f);
      if (size > this.#allowedTableBytes) throw new HpackError("a table size above the announced");
      this.#table.resize(size);
      this.#mustShrink = false;
      this.#isStateless = false;
    }
    if (this.#mustShrink) throw new HpackError("no table size update after the settings");
  }

  #readField(byte: number): void {
    if (byte >= 0x80) this.#readIndexed();
    else if (byte >= 0x40) this.#readLiteral(0x3f, true);
    else if (byte < 0x20) this.#readLiteral(0x0f, false);
    else throw new HpackError("a table size update within a header block");
  }

  #readIndexed(): void {
    const index = this.#reader.integer(0x7f);
    if (index === 0) throw new HpackError("the index 0");
    this.#push(this.#nameAt(index), this.#valueAt(index));
  }

  #readLiteral(mask: number, isIndexed: boolean): void {
    const reader = this.#reader;
    const index = reader.integer(mask);
    const name = index === 0 ? reader.string(this.#stringLimit) : this.#nameAt(index);
    const value = reader.string(this.#stringLimit);
    if (isIndexed) this.#index(name, value);
    this.#push(name, value);
  }

  /** Adds to the table; where that has room for nothing and never will, the block changed no state. */
  #index(name: string | undefined, value: string | undefined): void {
    if (this.#allowedTableBytes === 0) return;
    this.#isStateless = false;
    if (name === undefined || value === undefined) this.#table.clear();
    else this.#table.add(name, value);
  }

  #push(name: string | undefined, value: string | undefined): void {
    if (this.#isTooLarge) return;
    const { maxListBytes, maxEntries } = this.#options;
    if (name !== undefined && value !== undefined) {
      this.#listBytes += name.length + value.length + ENTRY_OVERHEAD;
      const hasRoom = this.#list.length < 2 * maxEntries;
      if (hasRoom && this.#listBytes <= maxListBytes) {
        this.#list.push(name, value);
        return;
      }
    }
    this.#isTooLarge = true;
    this.#list = [];
  }

  #nameAt(index: number): string {
    return index <= STATIC_ENTRIES
      ? (staticNames[index] as string)
      : this.#table.name(this.#ageOf(index));
  }

  #valueAt(index: number): string {
    return index <= STATIC_ENTRIES
      ? (staticValues[index] as string)
      : this.#table.value(this.#ageOf(index));
  }

  #ageOf(index: number): number {
    const age = index - STATIC_ENTRIES - 1;
    if (age >= this.#table.entries) throw new HpackError("an index that the table does not have");
    this.#isStateless = false;
    return age;
  }
}

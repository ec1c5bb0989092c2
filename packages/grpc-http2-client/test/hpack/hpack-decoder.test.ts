import assert from "node:assert/strict";
import { test } from "node:test";
import type { HeaderList } from "../../src/hpack/header-list.ts";
import { HpackDecoder } from "../../src/hpack/hpack-decoder.ts";
import { HpackError } from "../../src/hpack/hpack-error.ts";
import { huffman, integer, literal } from "./test-encoder.ts";

const newest = Buffer.from([0x80 | 62]);
const sizeUpdate = (bytes: number): Buffer => integer(0x20, 0x1f, bytes);

function decoderOf(
  options: Partial<ConstructorParameters<typeof HpackDecoder>[0]> = {},
): HpackDecoder {
  return new HpackDecoder({ maxTableBytes: 4096, maxListBytes: 8192, maxEntries: 64, ...options });
}

function read(decoder: HpackDecoder, ...parts: Buffer[]): HeaderList | undefined {
  return decoder.decode(Buffer.concat(parts));
}

test("a block is read where it lies in a buffer", () => {
  const decoder = decoderOf();
  const block = literal(0, "a", "b");
  const bytes = Buffer.concat([Buffer.from([0xff]), block, Buffer.from([0xff])]);
  assert.deepEqual(decoder.decode(bytes, 1, 1 + block.length), ["a", "b"]);
  assert.throws(() => decoder.decode(bytes, 1, block.length), HpackError);
});

test("what no block may hold is an error of HPACK", () => {
  const blocks: Record<string, Buffer> = {
    "the index 0": Buffer.from([0x80]),
    "an index above both tables": newest,
    "a name index above both tables": Buffer.from([0x7e, 0x01, 0x61]),
    "a block that ends after a literal's first byte": Buffer.from([0x00]),
    "a block that ends before the value": Buffer.from([0x00, 0x01, 0x61]),
    "a name that is longer than the block": Buffer.from([0x00, 0x05, 0x61]),
    "a length that goes on past the block": Buffer.from([0x00, 0x7f, 0x80]),
    "an integer of six bytes": Buffer.from([0xff, 0x80, 0x80, 0x80, 0x80, 0x00]),
    "an integer that would be negative in 32 bits": Buffer.from([
      0xff, 0xff, 0xff, 0xff, 0xff, 0x0f,
    ]),
    "a table size above the announced": sizeUpdate(4097),
    "a table size update after a field": Buffer.concat([Buffer.from([0x82]), sizeUpdate(0)]),
    "a Huffman string with wrong padding": Buffer.from([0x00, 0x81, 0x00, 0x00]),
  };
  for (const [what, block] of Object.entries(blocks)) {
    assert.throws(() => decoderOf().decode(block), HpackError, what);
  }
});

test("a list over its bytes is told, and the table is as if it were not", () => {
  const decoder = decoderOf({ maxListBytes: 100 });
  const kept = literal(0x40, "kept", "here");
  assert.equal(read(decoder, kept, literal(0, "long", "x".repeat(100))), undefined);
  assert.deepEqual(read(decoder, newest), ["kept", "here"]);
  const fields = 2;
  assert.deepEqual(read(decoder, ...Array(fields).fill(newest)), ["kept", "here", "kept", "here"]);
  assert.equal(
    read(decoder, ...Array(fields + 1).fill(newest)),
    undefined,
    "32 bytes for each field",
  );
});

test("a list of exactly its limits is read, one field more is not", () => {
  const decoder = decoderOf({ maxEntries: 3, maxListBytes: 3 * (2 + 32) });
  const field = literal(0, "a", "b");
  assert.deepEqual(read(decoder, field, field, field), ["a", "b", "a", "b", "a", "b"]);
  assert.equal(read(decoder, field, field, field, field), undefined);
  assert.equal(read(decoder, field, field, literal(0, "a", "bc")), undefined);
});

test("an error after the list's limit is still an error", () => {
  const decoder = decoderOf({ maxEntries: 1 });
  assert.throws(
    () => read(decoder, literal(0, "a", "b"), literal(0, "a", "b"), newest),
    HpackError,
  );
});

test("a field that is longer than every limit empties the table, as it does at the peer", () => {
  for (const isHuffman of [false, true]) {
    const decoder = decoderOf({ maxListBytes: 100 });
    read(decoder, literal(0x40, "kept", "here"));
    assert.equal(read(decoder, literal(0x40, "long", "x".repeat(5000), isHuffman)), undefined);
    assert.throws(() => read(decoder, newest), HpackError);
  }
});

test("a field that is over the list's limit but fits the table is kept there", () => {
  const decoder = decoderOf({ maxListBytes: 100 });
  const value = "x".repeat(200);
  assert.equal(read(decoder, literal(0x40, "long", value, true)), undefined);
  assert.equal(read(decoder, newest), undefined);
  const name = Buffer.from([0x0f, 62 - 15]); // without indexing, the name of the newest entry
  assert.deepEqual(read(decoder, name, Buffer.from([1, 0x76])), ["long", "v"]);
});

test("a table of many entries keeps the newest and their order as old ones go", () => {
  const decoder = decoderOf();
  for (let round = 0; round < 1000; round++)
    read(decoder, literal(0x40, "n", `${round}`.padStart(7, "0")));
  const entries = Math.floor(4096 / (1 + 7 + 32));
  assert.deepEqual(read(decoder, newest), ["n", "0000999"]);
  const oldest = integer(0x80, 0x7f, 61 + entries);
  assert.deepEqual(read(decoder, oldest), ["n", `${1000 - entries}`.padStart(7, "0")]);
  assert.throws(() => read(decoder, integer(0x80, 0x7f, 62 + entries)), HpackError);
});

test("a table size update evicts, and another may follow it in the same block", () => {
  const decoder = decoderOf();
  read(decoder, literal(0x40, "a", "b"), literal(0x40, "c", "d"));
  assert.deepEqual(read(decoder, sizeUpdate(40), newest), ["c", "d"]);
  assert.throws(() => read(decoder, Buffer.from([0x80 | 63])), HpackError);
  assert.deepEqual(read(decoder, sizeUpdate(0), sizeUpdate(4096)), []);
  assert.throws(() => read(decoder, newest), HpackError);
});

test("until it acknowledged a table of 0 a peer may use the 4096 bytes of the protocol", () => {
  const decoder = decoderOf({ maxTableBytes: 0 });
  read(decoder, literal(0x40, "a", "b"));
  assert.deepEqual(read(decoder, newest), ["a", "b"]);
  decoder.settingsAcknowledged();
  assert.deepEqual(read(decoder, sizeUpdate(0), literal(0x40, "a", "b")), ["a", "b"]);
  assert.throws(() => read(decoder, newest), HpackError);
});

test("a peer that does not give up its entries after the settings is in error", () => {
  for (const block of [newest, literal(0, "a", "b"), Buffer.alloc(0), sizeUpdate(1)]) {
    const decoder = decoderOf({ maxTableBytes: 0 });
    read(decoder, literal(0x40, "a", "b"));
    read(decoder, literal(0, "a", "b"));
    decoder.settingsAcknowledged();
    assert.throws(() => read(decoder, block), HpackError);
  }
});

test("a peer that never used the table needs no update after the settings", () => {
  const decoder = decoderOf({ maxTableBytes: 0 });
  decoder.settingsAcknowledged();
  assert.deepEqual(read(decoder, literal(0x40, "a", "b")), ["a", "b"]);
  assert.throws(() => read(decoder, newest), HpackError);
});

test("a table that we announce larger than the protocol's is used once the peer says so", () => {
  const decoder = decoderOf({ maxTableBytes: 10_000 });
  decoder.settingsAcknowledged();
  const value = "x".repeat(5000);
  read(decoder, literal(0x40, "a", value));
  assert.throws(() => read(decoder, newest), HpackError);
  assert.deepEqual(read(decoder, sizeUpdate(10_000), literal(0x40, "a", value)), ["a", value]);
  assert.deepEqual(read(decoder, newest), ["a", value]);
});

test("a Huffman string longer than every one before it is read", () => {
  const decoder = decoderOf();
  const value = "0".repeat(2000);
  const bytes = huffman(value);
  const block = Buffer.concat([
    Buffer.from([0x00, 0x01, 0x61]),
    integer(0x80, 0x7f, bytes.length),
    bytes,
  ]);
  assert.deepEqual(decoder.decode(block), ["a", value]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { BlockMemo } from "../../src/hpack/block-memo.ts";
import { HpackDecoder } from "../../src/hpack/hpack-decoder.ts";
import { integer, literal } from "./test-encoder.ts";

function settled(): HpackDecoder {
  const decoder = new HpackDecoder({ maxTableBytes: 0, maxListBytes: 8192, maxEntries: 64 });
  decoder.settingsAcknowledged();
  return decoder;
}

const unique = (at: number): Buffer => literal(0, "id", `${at}`);

test("a block that comes again gives the same list", () => {
  const decoder = settled();
  const list = decoder.decode(unique(1));
  assert.equal(decoder.decode(unique(1)), list);
  assert.notEqual(decoder.decode(unique(2)), list);
});

test("a block that a table of 0 cannot change is remembered though it asks for indexing", () => {
  const decoder = settled();
  const block = literal(0x40, "a", "b");
  const list = decoder.decode(block);
  assert.equal(decoder.decode(block), list);
});

test("a block that changes the table or refers to it is decoded each time", () => {
  const decoder = new HpackDecoder({ maxTableBytes: 4096, maxListBytes: 8192, maxEntries: 64 });
  const newest = Buffer.from([0x80 | 62]);
  decoder.decode(literal(0x40, "a", "1"));
  assert.deepEqual(decoder.decode(newest), ["a", "1"]);
  decoder.decode(literal(0x40, "a", "2"));
  assert.deepEqual(decoder.decode(newest), ["a", "2"]);
  decoder.decode(literal(0x40, "a", "1"));
  assert.deepEqual(decoder.decode(newest), ["a", "1"]);
});

test("a block that added nothing to a table of no room adds to it once the peer makes room", () => {
  const decoder = new HpackDecoder({ maxTableBytes: 4096, maxListBytes: 8192, maxEntries: 64 });
  const sizeUpdate = (bytes: number): Buffer => integer(0x20, 0x1f, bytes);
  const block = literal(0x40, "a", "b");
  decoder.decode(sizeUpdate(0));
  decoder.decode(block);
  decoder.decode(sizeUpdate(4096));
  decoder.decode(block);
  assert.deepEqual(decoder.decode(Buffer.from([0x80 | 62])), ["a", "b"]);
});

test("a block that is remembered survives others that each come once", () => {
  const decoder = settled();
  const list = decoder.decode(literal(0, "grpc-status", "0"));
  for (let round = 0; round < 5000; round++) {
    decoder.decode(unique(round));
    assert.equal(decoder.decode(literal(0, "grpc-status", "0")), list, `round ${round}`);
  }
});

test("the blocks that are remembered are bounded in number and bytes", () => {
  for (const bytes of [10, 500]) {
    const memo = new BlockMemo();
    const block = (at: number): Buffer => Buffer.from(`${at}`.padStart(bytes, "-"));
    for (let at = 0; at < 200; at++) {
      assert.equal(memo.find(block(at), 0, bytes), undefined);
      memo.keep(["at", `${at}`]);
    }
    let known = 0;
    for (let at = 0; at < 56; at++) if (memo.find(block(199 - at), 0, bytes) !== undefined) known++;
    assert.ok(known > 8 && known < 56, `${known} of ${bytes} bytes`);
  }
});

test("a block of more than 512 bytes is not remembered", () => {
  const decoder = settled();
  const block = literal(0, "id", "x".repeat(512));
  const list = decoder.decode(block);
  assert.notEqual(decoder.decode(block), list);
});

test("where no block comes twice the memo rests, and tries again later", () => {
  const decoder = settled();
  const isRemembered = (block: Buffer): boolean => {
    const list = decoder.decode(block);
    return decoder.decode(block) === list;
  };
  assert.ok(isRemembered(unique(-1)));
  for (let at = 0; at < 600; at++) decoder.decode(unique(at));
  assert.ok(!isRemembered(unique(-1)), "it rests");
  for (let at = 0; at < 4096; at++) decoder.decode(unique(-1));
  assert.ok(isRemembered(unique(-1)), "it tries again");
});

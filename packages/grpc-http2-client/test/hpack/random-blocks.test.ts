import assert from "node:assert/strict";
import { test } from "node:test";
import { HpackDecoder } from "../../src/hpack/hpack-decoder.ts";
import { HpackError } from "../../src/hpack/hpack-error.ts";
import { Random } from "../frames/random.ts";
import { mutateBlock, randomBlock } from "./random-block.ts";
import { integer, literal } from "./test-encoder.ts";

const BLOCKS = Number(process.env.HPACK_BLOCKS ?? 100_000);
const limits = { maxTableBytes: 4096, maxListBytes: 600, maxEntries: 5 };

/** What decoding gave, with an error of any other class thrown on. */
function outcome(decoder: HpackDecoder, block: Buffer): readonly string[] | string {
  try {
    return decoder.decode(block) ?? "too large";
  } catch (error) {
    if (!(error instanceof HpackError)) throw error;
    return error.message;
  }
}

test(`${BLOCKS} blocks, random and mutated, give a list within its limits or an error of HPACK`, () => {
  const random = new Random(1);
  const counts = { lists: 0, tooLarge: 0, errors: 0 };
  let decoder = new HpackDecoder(limits);
  for (let round = 0; round < BLOCKS; round++) {
    const isNoise = random.chance(5);
    const block = isNoise
      ? random.bytes(random.below(60))
      : mutateBlock(random, randomBlock(random));
    const result = outcome(decoder, block);
    if (typeof result !== "string") {
      counts.lists++;
      const bytes = result.join("").length + 16 * result.length;
      assert.ok(result.length <= 2 * limits.maxEntries && bytes <= limits.maxListBytes);
    } else if (result === "too large") {
      counts.tooLarge++;
    } else {
      counts.errors++;
      decoder = new HpackDecoder(limits);
    }
  }
  for (const [kind, count] of Object.entries(counts)) {
    assert.ok(count > BLOCKS / 1000, `${count} ${kind}: the blocks reach too little`);
  }
});

test("a decoder that remembers blocks gives what one gives that sees them first", () => {
  const random = new Random(2);
  const options = { ...limits, maxTableBytes: 0 };
  const blocks = Array.from({ length: 60 }, () => mutateBlock(random, randomBlock(random)));
  let old = new HpackDecoder(options);
  old.settingsAcknowledged();
  for (let round = 0; round < BLOCKS / 10; round++) {
    const block = random.pick(blocks);
    const fresh = new HpackDecoder(options);
    fresh.settingsAcknowledged();
    const result = outcome(old, block);
    assert.deepEqual(result, outcome(fresh, block));
    if (typeof result === "string" && result !== "too large") {
      old = new HpackDecoder(options);
      old.settingsAcknowledged();
    }
  }
});

test("the largest block of each costly kind is decoded within the time that its bytes deserve", () => {
  const bytes = 256 * 1024;
  const first = literal(0x40, "x", "y".repeat(4000));
  const blocks: Record<string, Buffer> = {
    "references to one large entry": Buffer.concat([first, Buffer.alloc(bytes, 0x80 | 62)]),
    "entries that each evict one": Buffer.concat(
      Array(bytes >> 5).fill(literal(0x40, "n", "v".repeat(30))),
    ),
    "table size updates": Buffer.alloc(bytes, 0x20),
    "the longest codes": Buffer.concat([
      Buffer.from([0, 0]),
      integer(0x80, 0x7f, bytes),
      Buffer.alloc(bytes, Buffer.from("fffffff3fffffffcfffffff3", "hex")),
    ]),
  };
  for (const [what, block] of Object.entries(blocks)) {
    const begun = process.cpuUsage();
    outcome(new HpackDecoder(limits), block);
    const { user, system } = process.cpuUsage(begun);
    assert.ok(user + system < 500_000, `${what}: ${(user + system) / 1000} ms of CPU`);
  }
});

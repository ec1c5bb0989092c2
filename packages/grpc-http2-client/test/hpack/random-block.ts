import { encodeHeaders } from "../../src/hpack/encode-headers.ts";
import type { Random } from "../frames/random.ts";
import { randomList } from "./random-list.ts";
import { integer, literal } from "./test-encoder.ts";

/** A block of every representation there is, right at first. */
export function randomBlock(random: Random, first: readonly string[] = []): Buffer {
  const parts = random.chance(4) ? [integer(0x20, 0x1f, random.below(4097))] : [];
  parts.push(encodeHeaders(first));
  const list = randomList(random, 1 + random.below(6));
  for (let at = 0; at < list.length; at += 2) {
    const [name, value] = [list[at] as string, list[at + 1] as string];
    const representation = random.below(6);
    if (representation < 2) parts.push(integer(0x80, 0x7f, 1 + random.below(70)));
    else if (representation < 3) parts.push(encodeHeaders([name, value]));
    else parts.push(literal(random.pick([0, 0x10, 0x40]), name, value, random.chance(2)));
  }
  return Buffer.concat(parts);
}

/** A block with some bytes changed, cut off or put behind. */
export function mutateBlock(random: Random, block: Buffer): Buffer {
  const bytes = Buffer.from(block);
  for (let left = random.below(4); left > 0 && bytes.length > 0; left--) {
    const at = random.below(bytes.length);
    bytes[at] = random.chance(2)
      ? random.below(256)
      : (bytes[at] as number) ^ (1 << random.below(8));
  }
  if (random.chance(8)) return bytes.subarray(0, random.below(bytes.length + 1));
  if (random.chance(8)) return Buffer.concat([bytes, random.bytes(random.below(20))]);
  return bytes;
}

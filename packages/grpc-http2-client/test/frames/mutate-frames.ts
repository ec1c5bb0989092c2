import { frame } from "./frame-bytes.ts";
import type { Frame } from "./frame-splitter.ts";
import type { Random } from "./random.ts";

const values = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0xff, 0x7fffffff, 0x80000000, 0xffffffff];

/** A session with some of its frames changed, and some that nobody sent. */
export function mutateFrames(random: Random, session: readonly Frame[]): Buffer[] {
  const frames = [...session];
  const changes = random.below(6);
  for (let left = changes; left > 0; left--) {
    const at = random.below(frames.length + 1);
    const old = frames[at];
    const kind = random.below(8);
    if (old === undefined || kind === 0) frames.splice(at, 0, randomFrame(random));
    else if (kind === 1) frames.splice(at, 1);
    else if (kind === 2) frames.splice(at, 0, old);
    else if (kind === 3) frames.splice(random.below(frames.length), 0, ...frames.splice(at, 1));
    else frames[at] = changed(random, old);
  }
  const bytes = frames.map(({ type, flags, stream, payload }) =>
    frame(type, flags, stream, payload),
  );
  return bytes.map((one) => (random.chance(60) ? damaged(random, one) : one));
}

function changed(random: Random, old: Frame): Frame {
  switch (random.below(5)) {
    case 0:
      return { ...old, type: random.below(12) };
    case 1:
      return { ...old, flags: old.flags ^ (1 << random.below(8)) };
    case 2:
      return { ...old, stream: random.pick([0, 1, 2, 3, 5, 7, 9, 1001, 0x7fffffff]) };
    case 3:
      return { ...old, payload: old.payload.subarray(0, random.below(old.payload.length + 1)) };
    default:
      return { ...old, payload: damaged(random, old.payload) };
  }
}

function randomFrame(random: Random): Frame {
  const words = Array.from({ length: random.below(4) }, () => random.pick(values));
  const payload = Buffer.alloc(4 * words.length);
  for (const [at, value] of words.entries()) payload.writeUInt32BE(value, 4 * at);
  return {
    type: random.below(12),
    flags: random.chance(2) ? 0 : random.below(256),
    stream: random.pick([0, 0, 1, 1, 3, 5, 2, 99]),
    payload: random.chance(3) ? random.bytes(random.below(40)) : payload,
  };
}

/** A byte changed, a number put somewhere, or the end cut off, which shifts all that follows. */
function damaged(random: Random, bytes: Buffer): Buffer {
  if (bytes.length === 0) return bytes;
  const copy = Buffer.from(bytes);
  const at = random.below(copy.length);
  if (random.chance(4)) return copy.subarray(0, at);
  if (random.chance(3) && at + 4 <= copy.length) copy.writeUInt32BE(random.pick(values), at);
  else copy[at] = random.below(256);
  return copy;
}

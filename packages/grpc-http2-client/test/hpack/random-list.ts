import type { Random } from "../frames/random.ts";

// Those that may stand more than once.
const names = ["grpc-status", "grpc-message", "x-id", "set-cookie", "vary", "via", "x-y-z"];
const nameCharacters = "abcdefghijklmnopqrstuvwxyz0123456789-_.";

/** Fields that HTTP/2 lets pass, some of them often and some once. */
export function randomList(random: Random, fields: number): string[] {
  const list: string[] = [];
  for (let field = 0; field < fields; field++) {
    const name = random.chance(3) ? `x-${text(random, nameCharacters)}` : random.pick(names);
    list.push(name, random.chance(3) ? random.pick(["", "0", "application/grpc"]) : value(random));
  }
  return list;
}

function text(random: Random, from: string): string {
  let made = "";
  for (let left = 1 + random.below(30); left > 0; left--) made += random.pick([...from]);
  return made;
}

/** Visible characters and those above 0x7f; no space at the ends, which a peer may refuse. */
function value(random: Random): string {
  let made = "";
  for (let left = random.below(random.chance(10) ? 900 : 60); left > 0; left--) {
    const character = 0x21 + random.below(0xff - 0x21);
    made += String.fromCharCode(character === 0x7f ? 0xff : character);
  }
  return made;
}

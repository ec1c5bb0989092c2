import { codeLengths, codes } from "../../src/hpack/huffman-code.ts";

/** A string literal of HPACK, plain or Huffman-coded, its length in as few bytes as it takes. */
export function stringLiteral(text: string, isHuffman: boolean): Buffer {
  const bytes = isHuffman ? huffman(text) : Buffer.from(text, "latin1");
  return Buffer.concat([integer(isHuffman ? 0x80 : 0, 0x7f, bytes.length), bytes]);
}

/** An integer of HPACK below the bits of `kind`. */
export function integer(kind: number, mask: number, value: number): Buffer {
  if (value < mask) return Buffer.from([kind | value]);
  const bytes = [kind | mask];
  let rest = value - mask;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}

/** A literal field with a name of its own: `kind` 0x40 indexes it, 0 does not, 0x10 forbids it. */
export function literal(kind: number, name: string, value: string, isHuffman = false): Buffer {
  return Buffer.concat([
    Buffer.from([kind]),
    stringLiteral(name, isHuffman),
    stringLiteral(value, isHuffman),
  ]);
}

export function huffman(text: string): Buffer {
  let bits = "";
  for (const character of Buffer.from(text, "latin1")) {
    bits += (codes[character] as number)
      .toString(2)
      .padStart(codeLengths[character] as number, "0");
  }
  const padded = bits.padEnd(Math.ceil(bits.length / 8) * 8, "1");
  return Buffer.from((padded.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

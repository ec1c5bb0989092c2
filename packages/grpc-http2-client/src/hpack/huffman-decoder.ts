import { HpackError } from "./hpack-error.ts";
import { codeLengths, codes, END_OF_STRING } from "./huffman-code.ts";

// A step reads half a byte, so it completes one symbol at most (the shortest code has 5 bits).
// Packed: the symbol, the next state << 8, and flags. The states are the inner nodes of the tree.
const EMITS = 1 << 16;
const MAY_END = 1 << 17;
const FAILS = 1 << 18;
const PADDING_BITS = 7;

let steps: Uint32Array | undefined;

/**
 * Decodes a Huffman-coded string (RFC 7541 §5.2) into `target`, and returns how many bytes it has.
 * Where they are more than `target` holds, the rest is checked and counted, not written.
 * @throws HpackError on the code of the end, and on padding that is over 7 bits or not its ones.
 */
export function decodeHuffman(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
): number {
  steps ??= buildSteps();
  const room = target.length;
  let low = MAY_END;
  let flags = 0;
  let count = 0;
  for (let at = start; at < end; at++) {
    const byte = source[at] as number;
    const high = steps[((low >> 4) & 0xff0) | (byte >> 4)] as number;
    if ((high & EMITS) !== 0) {
      if (count < room) target[count] = high & 0xff;
      count++;
    }
    low = steps[((high >> 4) & 0xff0) | (byte & 15)] as number;
    if ((low & EMITS) !== 0) {
      if (count < room) target[count] = low & 0xff;
      count++;
    }
    flags |= high | low;
  }
  if ((flags & FAILS) !== 0)
    throw new HpackError("a Huffman string that holds the code of its end");
  if ((low & MAY_END) === 0) throw new HpackError("a Huffman string with wrong padding");
  return count;
}

/** The code as a tree: per inner node the two children, inner ones >= 0, a symbol as -1 - symbol. */
function buildTree(): number[][] {
  const tree: number[][] = [[]];
  for (let symbol = 0; symbol <= END_OF_STRING; symbol++) {
    const code = codes[symbol] as number;
    let node = 0;
    for (let shift = (codeLengths[symbol] as number) - 1; shift > 0; shift--) {
      const children = tree[node] as number[];
      const bit = (code >>> shift) & 1;
      children[bit] ??= tree.push([]) - 1;
      node = children[bit] as number;
    }
    (tree[node] as number[])[code & 1] = -1 - symbol;
  }
  return tree;
}

function buildSteps(): Uint32Array {
  const tree = buildTree();
  const endings = new Set<number>();
  for (let node = 0, bits = 0; bits <= PADDING_BITS; bits++) {
    endings.add(node);
    node = (tree[node] as number[])[1] as number;
  }
  const built = new Uint32Array(tree.length << 4);
  for (let state = 0; state < tree.length; state++) {
    for (let half = 0; half < 16; half++) built[(state << 4) | half] = stepOf(tree, state, half);
  }
  return built.map((step) => (endings.has((step >> 8) & 0xff) ? step | MAY_END : step));
}

function stepOf(tree: number[][], state: number, half: number): number {
  let node = state;
  let emitted = 0;
  for (let shift = 3; shift >= 0; shift--) {
    node = (tree[node] as number[])[(half >> shift) & 1] as number;
    if (node >= 0) continue;
    const symbol = -1 - node;
    if (symbol === END_OF_STRING) return FAILS;
    emitted = EMITS | symbol;
    node = 0;
  }
  return emitted | (node << 8);
}

import assert from "node:assert/strict";
import { test } from "node:test";
import { HpackError } from "../../src/hpack/hpack-error.ts";
import { codes, END_OF_STRING } from "../../src/hpack/huffman-code.ts";
import { decodeHuffman } from "../../src/hpack/huffman-decoder.ts";
import { huffman } from "./test-encoder.ts";

function decode(bytes: Buffer, room = 1024): string {
  const target = Buffer.alloc(room);
  const length = decodeHuffman(bytes, 0, bytes.length, target);
  return target.toString("latin1", 0, length);
}

test("the codes made from the lengths are those that RFC 7541 lists", () => {
  const listed: [symbol: number, code: number][] = [
    [0, 0x1ff8],
    [10, 0x3ffffffc],
    [32, 0x14],
    [48, 0x0],
    [97, 0x3],
    [122, 0x7b],
    [128, 0xfffe6],
    [193, 0x3ffffe1],
    [249, 0xffffffe],
    [255, 0x3ffffee],
    [END_OF_STRING, 0x3fffffff],
  ];
  for (const [symbol, code] of listed) assert.equal(codes[symbol], code, `of ${symbol}`);
});

test("every byte is decoded, alone, between others and in a row of all", () => {
  let all = "";
  for (let byte = 0; byte < 256; byte++) {
    const text = String.fromCharCode(byte);
    assert.equal(decode(huffman(text)), text);
    assert.equal(decode(huffman(`a${text}~${text}`)), `a${text}~${text}`);
    all += text;
  }
  assert.equal(decode(huffman(all)), all);
});

test("an empty string is decoded", () => {
  assert.equal(decode(Buffer.alloc(0)), "");
});

test("padding of 8 bits or more is an error", () => {
  for (const hex of ["ff", "1fff", "1fffff", "1fffffff", "ff9fffffff", "52bc30ffffffff"]) {
    assert.throws(() => decode(Buffer.from(hex, "hex")), HpackError, hex);
  }
});

test("padding that is not the first bits of the end's code is an error", () => {
  assert.throws(() => decode(Buffer.from("00", "hex")), HpackError);
  for (let bit = 0; bit < 3; bit++) {
    const padded = huffman("a"); // 5 bits, then 3 of padding
    padded[0] = (padded[0] as number) ^ (1 << bit);
    assert.throws(() => decode(padded), HpackError, `bit ${bit}`);
  }
});

test("the code of the end within a string is an error, wherever it stands", () => {
  for (const hex of ["fffffffc", "3ffffffffc", "1ffffffffcff", "fffffffcfffffffc"]) {
    assert.throws(() => decode(Buffer.from(hex, "hex")), HpackError, hex);
  }
});

test("a string that is longer than its room is counted and checked to its end", () => {
  const target = Buffer.alloc(4, "-");
  const bytes = huffman("0123456789");
  assert.equal(decodeHuffman(bytes, 0, bytes.length, target.subarray(0, 3)), 10);
  assert.equal(target.toString(), "012-");
  bytes[bytes.length - 1] = 0;
  assert.throws(() => decodeHuffman(bytes, 0, bytes.length, target), HpackError);
});

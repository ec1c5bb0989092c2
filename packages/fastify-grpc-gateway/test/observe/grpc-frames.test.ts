import assert from "node:assert/strict";
import { test } from "node:test";
import { frameReader } from "../../src/observe/grpc-frames.ts";

function frame(length: number): Buffer {
  const bytes = Buffer.alloc(5 + length, 0xff);
  bytes[0] = 0;
  bytes.writeUInt32BE(length, 1);
  return bytes;
}

test("messages are counted however their frames are cut", () => {
  const lengths = [3, 0, 300, 1, 0];
  const all = Buffer.concat(lengths.map(frame));
  for (let size = 1; size <= all.length; size += 1) {
    const read: number[] = [];
    const take = frameReader((bytes) => read.push(bytes));
    for (let at = 0; at < all.length; at += size) take(all.subarray(at, at + size));
    assert.deepEqual(read, lengths, `chunks of ${size}`);
  }
});

test("a length of more than 31 bits is read as what it is", () => {
  const read: number[] = [];
  frameReader((bytes) => read.push(bytes))(Buffer.from([0, 0xff, 0xff, 0xff, 0xff]));
  assert.deepEqual(read, [2 ** 32 - 1]);
});

import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { test } from "node:test";
import { FrameWriter } from "../../src/frame/frame-writer.ts";

/** What a writer hands to its socket. */
function flushed(writer: FrameWriter): Buffer {
  const parts: Buffer[] = [];
  writer.flush({
    writableLength: 1,
    cork() {},
    uncork() {},
    write: (bytes: Buffer) => parts.push(Buffer.from(bytes)),
  } as unknown as Socket);
  return Buffer.concat(parts);
}

// A chunk of the writer has 64 KiB: with so many bytes before it the frame is the first of the next one.
for (const before of [0, 65_536 - 9]) {
  test(`a PING behind ${before} bytes changes none of them`, () => {
    const writer = new FrameWriter();
    const at = writer.frame(before, 0, 0, 1);
    writer.bytes.fill(0xab, at, at + before);
    writer.ping();
    const bytes = flushed(writer);
    assert.ok(bytes.subarray(9, 9 + before).equals(Buffer.alloc(before, 0xab)));
    assert.equal(bytes.subarray(9 + before).toString("hex"), `0000080600${"00".repeat(12)}`);
  });
}

test("a GOAWAY names no stream and its error", () => {
  const writer = new FrameWriter();
  writer.goaway(0x0b);
  assert.equal(flushed(writer).toString("hex"), "00000807000000000000000000" + "0000000b");
});

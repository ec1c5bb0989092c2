import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeHeaders, maxBlockBytes, writeHeaders } from "../../src/hpack/encode-headers.ts";
import { HeaderTemplate } from "../../src/hpack/header-template.ts";
import { HpackDecoder } from "../../src/hpack/hpack-decoder.ts";

const hex = (list: string[], sensitive?: ReadonlySet<string>): string =>
  encodeHeaders(list, sensitive && { sensitive }).toString("hex");

test("a field of the static table is one byte", () => {
  assert.equal(hex([":method", "POST", ":scheme", "http", ":status", "500"]), "83868e");
});

test("a name of the static table is an index, its value a literal without indexing", () => {
  assert.equal(hex([":path", "/a"]), "04022f61");
  assert.equal(hex(["content-type", "a"]), "0f100161");
  assert.equal(hex(["te", "x"]), "000274650178");
});

test("a value that must not be kept by others is never indexed, nor taken from the static table", () => {
  assert.equal(hex(["authorization", "a"]), "1f080161");
  assert.equal(hex(["x-key", "a"], new Set(["x-key"])), "1005782d6b65790161");
  assert.equal(hex([":method", "GET"], new Set([":method"])), "1203474554");
  assert.equal(hex(["authorization", "a"], new Set()), "0f080161");
});

test("lengths and text of every size come back as they were", () => {
  const decoder = new HpackDecoder({ maxTableBytes: 0, maxListBytes: 1e7, maxEntries: 64 });
  for (const length of [0, 1, 63, 64, 65, 126, 127, 128, 254, 255, 16_510, 16_511, 2_097_277]) {
    const list = ["x-name", "\u0000\u00ff~".repeat(length).slice(0, length)];
    const block = encodeHeaders(list);
    assert.ok(block.length <= maxBlockBytes(list));
    assert.deepEqual(decoder.decode(block), list);
    const named = ["n".repeat(length), "v"];
    assert.deepEqual(decoder.decode(encodeHeaders(named)), named);
  }
});

test("a character above U+00FF is refused, so that none becomes a line end on the way", () => {
  for (const value of ["\u010a", `${"x".repeat(100)}\u010a`]) {
    assert.throws(() => encodeHeaders(["a", value]), RangeError);
    assert.throws(() => encodeHeaders([value, "a"]), RangeError);
  }
});

test("a list is written where a buffer has room, and nothing else is touched", () => {
  const target = Buffer.alloc(8, 0xee);
  assert.equal(writeHeaders(target, 2, [":path", "/a"]), 6);
  assert.equal(target.toString("hex"), "eeee04022f61eeee");
});

test("a template writes its fixed fields and those of the call", () => {
  const fixed = [":method", "POST", ":path", "/a.B/C", "te", "trailers"];
  const template = new HeaderTemplate(fixed, { sensitive: new Set(["x-key"]) });
  const extra = ["grpc-timeout", "1S", "x-key", "secret"];
  const expected = encodeHeaders([...fixed, ...extra], { sensitive: new Set(["x-key"]) });
  assert.deepEqual(template.block(extra), expected);
  assert.deepEqual(template.block([]), encodeHeaders(fixed));
  const target = Buffer.alloc(9 + template.maxBytes(extra));
  const end = template.writeTo(target, 9, extra);
  assert.deepEqual(target.subarray(9, end), expected);
});

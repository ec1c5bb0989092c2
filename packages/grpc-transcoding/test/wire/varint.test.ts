import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { skipValue } from "../../src/wire/skip-field.ts";
import {
  high,
  low,
  position,
  readFixed32,
  readFixed64,
  readLength,
  readTag,
  readVarint32,
  readVarint64,
  varintSize,
} from "../../src/wire/varint.ts";

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(" ", ""), "hex");

describe("reading", () => {
  it("varints of 1 to 10 bytes", () => {
    const cases: [hex: string, value: bigint][] = [
      ["00", 0n],
      ["7f", 127n],
      ["8001", 128n],
      ["ffffffff0f", 2n ** 32n - 1n],
      ["8080808010", 2n ** 32n],
      ["ffffffffffffffff7f", 2n ** 63n - 1n],
      ["ffffffffffffffffff01", 2n ** 64n - 1n],
      ["80808000", 0n],
    ];
    for (const [hex, value] of cases) {
      const b = bytes(hex);
      readVarint64(b, 0);
      assert.equal((BigInt(high >>> 0) << 32n) | BigInt(low >>> 0), value, hex);
      assert.equal(position, b.length, hex);
      assert.equal(readVarint32(b, 0), Number(BigInt.asUintN(32, value)), hex);
      assert.equal(position, b.length, hex);
    }
    assert.throws(() => readVarint64(bytes("ffffffffffffffffffff01"), 0), /10 bytes/);
    assert.throws(() => readVarint32(bytes("ffffffffffffffffffff01"), 0), /10 bytes/);
  });

  it("fixed-size integers", () => {
    assert.equal(readFixed32(bytes("01020380"), 0), 0x80030201);
    readFixed64(bytes("0102030405060708"), 0);
    assert.deepEqual([low, high], [0x04030201, 0x08070605]);
  });

  it("lengths that fit, and no others", () => {
    assert.equal(readLength(bytes("0261"), 0, 3), 2);
    assert.throws(() => readLength(bytes("0361"), 0, 3), /middle/);
    assert.throws(() => readLength(bytes("818080801061"), 0, 6), /middle/);
    assert.throws(() => readLength(bytes(""), 0, 0), /middle/);
  });

  it("tags of 32 bits in at most five bytes", () => {
    assert.equal(readTag(bytes("08"), 0, 1), 8);
    assert.equal(readTag(bytes("ffffffff0f"), 0, 5), 0xffffffff);
    assert.equal(readTag(bytes("8800"), 0, 2), 8, "in more bytes than needed");
    for (const hex of ["00", "07", "ffffffff1f", "888080808000"]) {
      assert.throws(() => readTag(bytes(hex), 0, hex.length / 2), /tag/, hex);
    }
    assert.throws(() => readTag(bytes("88"), 0, 1), /middle/);
  });
});

it("sizes of varints", () => {
  for (const [value, size] of [
    [0, 1],
    [127, 1],
    [128, 2],
    [16383, 2],
    [16384, 3],
    [2097151, 3],
    [2097152, 4],
    [268435455, 4],
    [268435456, 5],
  ] as const) {
    assert.equal(varintSize(value), size);
  }
});

it("skipping stops behind each kind of value and at the end of none", () => {
  const cases: [tag: number, hex: string][] = [
    [8, "8001"],
    [9, "0102030405060708"],
    [10, "0361 6263"],
    [11, "0801 1361 14 0c".replace("1361 14", "13 0801 14")],
    [13, "01020304"],
  ];
  for (const [tag, hex] of cases) {
    const b = bytes(hex);
    assert.equal(skipValue(b, 0, b.length, tag, 0), b.length, hex);
    assert.throws(() => skipValue(b, 0, b.length - 1, tag, 0), /middle/, hex);
  }
});

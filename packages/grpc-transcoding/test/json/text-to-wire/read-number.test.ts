import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readDecimal, readInteger } from "../../../src/json/text-to-wire/read-number.ts";
import { Random } from "../differential/random-json.ts";

const count = 20_000;

function decimalOf(text: string): number {
  return readDecimal(Buffer.from(`${text},`), 0);
}

/** Asserts that what is read is the nearest double; returns whether it was read at all. */
function isRead(text: string): boolean {
  const number = decimalOf(text);
  if (Number.isNaN(number)) return false;
  assert.ok(Object.is(number, Number(text)), `${text} became ${number}`);
  return true;
}

describe("readDecimal", () => {
  it("reads what doubles print as", () => {
    const random = new Random(1);
    let read = 0;
    for (let i = 0; i < count; i++) {
      if (isRead(String(random.next() * 10 ** random.below(14)))) read++;
    }
    assert.ok(read > count * 0.99, `only ${read} of ${count}`);
  });

  it("never rounds to the wrong side near the middle of two doubles", () => {
    const random = new Random(2);
    for (let i = 0; i < count; i++) {
      // 54 bits: halfway between two doubles of 53.
      const half =
        BigInt(2 ** 32 + random.below(2 ** 31)) * 2n ** 21n +
        BigInt(random.below(2 ** 20)) * 2n +
        1n;
      for (const digits of [1, 2, 3]) {
        for (const off of [-1n, 0n, 1n]) {
          const text = String(half * 5n ** BigInt(digits) + off);
          isRead(`${text.slice(0, -digits)}.${text.slice(-digits)}`);
          isRead(`0.${text}`);
          isRead(`${text.slice(0, 3)}.${text.slice(3)}`);
        }
      }
    }
  });

  it("leaves other spellings alone", () => {
    for (const text of [
      "",
      "-",
      "01",
      "-01",
      "1.",
      ".5",
      "1e2",
      "1.5E3",
      '"1"',
      "1234567890123456",
      "x",
    ]) {
      assert.equal(decimalOf(text), Number.NaN, text);
    }
    assert.ok(Object.is(decimalOf("-0"), -0));
    assert.equal(decimalOf("0.00012"), 0.00012);
  });
});

describe("readInteger", () => {
  it("reads up to 15 digits, quoted or not", () => {
    const rows: readonly [text: string, expected: number][] = [
      ["0", 0],
      ["-7", -7],
      ['"123456789012345"', 123456789012345],
      ["999999999999999", 999999999999999],
    ];
    for (const [text, expected] of rows) {
      assert.equal(readInteger(Buffer.from(`${text},`), 0), expected, text);
    }
  });

  it("leaves other spellings alone", () => {
    for (const text of [
      "",
      "-",
      '"',
      '""',
      '"1',
      "01",
      '"01"',
      "1.0",
      "1e2",
      '"1e2"',
      "1234567890123456",
      "+1",
    ]) {
      assert.equal(readInteger(Buffer.from(text), 0), Number.NaN, text);
    }
  });
});

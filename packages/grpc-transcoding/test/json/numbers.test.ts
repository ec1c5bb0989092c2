import assert from "node:assert/strict";
import { it } from "node:test";
import { dateOf, daysInMonth, daysOf } from "../../src/json/civil-date.ts";
import { high, low, Split, splitDecimal, splitSafeInteger } from "../../src/json/int64.ts";
import { acquire, bytes, release } from "../../src/json/output-buffer.ts";
import { printFloat, printInt64 } from "../../src/json/to-json/print-number.ts";
import { Random } from "./differential/random-json.ts";

const random = new Random(11);

function randomInt64(): bigint {
  const bits = BigInt(Math.floor(random.next() * 2 ** 32)) << 32n;
  return BigInt.asIntN(
    64,
    (bits | BigInt(Math.floor(random.next() * 2 ** 32))) >> BigInt(random.below(64)),
  );
}

const edges = [
  0n,
  1n,
  -1n,
  999999999n,
  1000000000n,
  2n ** 32n,
  2n ** 53n,
  2n ** 63n - 1n,
  -(2n ** 63n),
];

function printed(print: (q: number) => number): string {
  const interrupted = acquire();
  const text = bytes.toString("latin1", 0, print(0));
  release(interrupted);
  return text;
}

it("64-bit integers go to halves and back, signed and unsigned", () => {
  for (const value of [...edges, ...Array.from({ length: 20_000 }, randomInt64)]) {
    const unsigned = BigInt.asUintN(64, value);
    for (const [text, signed] of [
      [String(value), true],
      [String(unsigned), false],
    ] as const) {
      assert.equal(splitDecimal(text, signed), Split.DONE, text);
      assert.equal((BigInt(high >>> 0) << 32n) | BigInt(low >>> 0), unsigned, text);
      assert.equal(
        printed((q) => printInt64(q, low, high, signed)),
        `"${text}"`,
      );
    }
    if (value >= -(2n ** 53n) && value <= 2n ** 53n) {
      splitSafeInteger(Number(value));
      assert.equal((BigInt(high >>> 0) << 32n) | BigInt(low >>> 0), unsigned, String(value));
    }
  }
});

it("decimal texts out of range or with other spellings are told apart", () => {
  const cases: [text: string, signed: boolean, split: number][] = [
    ["9223372036854775808", true, Split.OUT_OF_RANGE],
    ["-9223372036854775809", true, Split.OUT_OF_RANGE],
    ["18446744073709551616", false, Split.OUT_OF_RANGE],
    ["99999999999999999999", false, Split.OUT_OF_RANGE],
    ["-1", false, Split.OUT_OF_RANGE],
    ["100000000000000000000", false, Split.NO_DECIMAL],
    ["", true, Split.NO_DECIMAL],
    ["-", true, Split.NO_DECIMAL],
    ["00", true, Split.NO_DECIMAL],
    ["1 ", true, Split.NO_DECIMAL],
    ["1e1", true, Split.NO_DECIMAL],
  ];
  for (const [text, signed, split] of cases) assert.equal(splitDecimal(text, signed), split, text);
});

it("floats print with the fewest digits that give them back", () => {
  const view = new DataView(new ArrayBuffer(4));
  for (let i = 0; i < 20_000; i++) {
    view.setUint32(0, Math.floor(random.next() * 2 ** 32));
    const value =
      i % 2 === 0 ? view.getFloat32(0) : Math.fround(random.next() * 10 ** random.below(9));
    if (!Number.isFinite(value)) continue;
    const text = printed((q) => printFloat(q, value));
    assert.equal(Math.fround(Number(text)), value, text);
    const digits = (number: string): number =>
      number.replace(/e.*|[-.]/g, "").replace(/^0+|0+$/g, "").length;
    for (let fewer = 1; fewer < Math.min(digits(text), 9); fewer++) {
      assert.notEqual(Math.fround(Number(value.toPrecision(fewer))), value, text);
    }
  }
});

it("days and dates agree with Date over the years 1 to 9999", () => {
  for (let days = -719162; days < 2932897; days += 1 + random.below(90)) {
    const date = new Date(days * 86_400_000);
    const { year, month, day } = dateOf(days);
    assert.deepEqual(
      [year, month, day],
      [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()],
    );
    assert.equal(daysOf(year, month, day), days);
    const last = new Date(days * 86_400_000);
    last.setUTCMonth(last.getUTCMonth() + 1, 0);
    assert.equal(daysInMonth(year, month), last.getUTCDate());
  }
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { Code, StatusError } from "grpc-transcoding";
import { compileDeadline } from "grpc-transcoding/internal";
import { formatGrpcTimeout, parseGrpcTimeout } from "../../src/metadata/grpc-timeout.ts";

const timeouts: readonly [text: string, ms: number][] = [
  ["2H", 7_200_000],
  ["3M", 180_000],
  ["5S", 5_000],
  ["100m", 100],
  ["1500u", 1.5],
  ["99999999n", 99.999999],
  ["0n", 0],
];
for (const [text, ms] of timeouts) {
  test(`grpc-timeout ${text} is ${ms} ms`, () => assert.equal(parseGrpcTimeout(text), ms));
}

for (const text of ["", "1", "S", "-1S", "1.5S", "123456789S", "1 S", "1s", "1S,2S", " 1S"]) {
  test(`grpc-timeout ${JSON.stringify(text)} is a 400 that quotes it`, () => {
    assert.throws(
      () => parseGrpcTimeout(text),
      (error) =>
        error instanceof StatusError &&
        error.status.code === Code.INVALID_ARGUMENT &&
        error.message.includes(JSON.stringify(text)),
    );
  });
}

test("a span is written in the finest unit of eight digits, rounded up", () => {
  assert.equal(formatGrpcTimeout(0), "0n");
  assert.equal(formatGrpcTimeout(-5), "0n");
  assert.equal(formatGrpcTimeout(1.5), "1500000n");
  assert.equal(formatGrpcTimeout(100), "100000u");
  assert.equal(formatGrpcTimeout(30_000), "30000000u");
  assert.equal(formatGrpcTimeout(100_000), "100000m");
  assert.equal(formatGrpcTimeout(1e12), "16666667M");
  assert.equal(formatGrpcTimeout(Number.POSITIVE_INFINITY), "99999999H");
  for (const ms of [0.1, 7, 12_345, 86_400_000]) {
    assert.ok(parseGrpcTimeout(formatGrpcTimeout(ms)) >= ms);
  }
});

test("the client's timeout counts up to the maximum", () => {
  const deadline = compileDeadline({ maxMs: 5_000 });
  assert.deepEqual(deadline("2S", false, 1_000), { at: 3_000, source: "client" });
  assert.deepEqual(deadline("5S", true, 1_000), { at: 6_000, source: "client" });
  assert.deepEqual(deadline("9S", true, 1_000), { at: 6_000, source: "gateway" });
});

test("without a timeout there is a default, shorter than the maximum", () => {
  assert.deepEqual(compileDeadline()(undefined, false, 0), { at: 30_000, source: "gateway" });
  assert.deepEqual(compileDeadline()(undefined, true, 0), { at: 3_600_000, source: "gateway" });
  const deadline = compileDeadline({ defaultMs: 9_000, streamMs: 70_000, maxMs: 5_000 });
  assert.equal(deadline(undefined, false, 0).at, 5_000);
  assert.equal(deadline(undefined, true, 0).at, 5_000);
});

test("Infinity takes a limit away", () => {
  const none = Number.POSITIVE_INFINITY;
  const deadline = compileDeadline({ defaultMs: none, maxMs: none });
  assert.equal(deadline(undefined, false, 0).at, none);
});

test("a limit that is not above 0 is refused by name", () => {
  assert.throws(() => compileDeadline({ maxMs: 0 }), /maxMs must be .* above 0; got 0/);
  assert.throws(() => compileDeadline({ streamMs: Number.NaN }), /streamMs .* got NaN/);
  assert.throws(() => compileDeadline({ defaultMs: "5s" as never }), /defaultMs .* got 5s/);
});

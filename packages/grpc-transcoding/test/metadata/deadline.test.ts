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

const unary = { streaming: false };
const stream = { streaming: true };

test("the client's timeout counts up to the maximum", () => {
  const deadline = compileDeadline({ maxMs: 5_000 });
  const after = (timeout: string, method = stream): unknown =>
    deadline({ "grpc-timeout": timeout }, method, 1_000);
  assert.deepEqual(after("2S", unary), { at: 3_000, source: "client" });
  assert.deepEqual(after("5S"), { at: 6_000, source: "client" });
  assert.deepEqual(after("9S"), { at: 6_000, source: "gateway" });
});

test("without a timeout there is a default, shorter than the maximum", () => {
  assert.deepEqual(compileDeadline()({}, unary, 0), { at: 30_000, source: "gateway" });
  assert.deepEqual(compileDeadline()({}, stream, 0), { at: 3_600_000, source: "gateway" });
  const deadline = compileDeadline({ defaultMs: 9_000, streamMs: 70_000, maxMs: 5_000 });
  assert.equal(deadline({}, unary, 0).at, 5_000);
  assert.equal(deadline({}, stream, 0).at, 5_000);
});

test("a method's own deadline stands in for the default, up to the maximum, and not for the client's", () => {
  const deadline = compileDeadline({ maxMs: 5_000 });
  assert.deepEqual(deadline({}, { ...unary, ownMs: 200 }, 0), { at: 200, source: "gateway" });
  assert.equal(deadline({}, { ...stream, ownMs: 6_000 }, 0).at, 5_000);
  const asked = deadline({ "grpc-timeout": "1S" }, { ...unary, ownMs: 200 }, 0);
  assert.deepEqual(asked, { at: 1_000, source: "client" });
});

const plain: readonly [name: string, text: string, ms: number][] = [
  ["X-Request-Timeout", "1.5", 1_500],
  ["X-Request-Timeout", "2", 2_000],
  ["X-Request-Timeout", "0", 0],
  ["X-Request-Timeout", "1.5s", 1_500],
  ["X-Request-Timeout", "1500ms", 1_500],
  ["X-Request-Timeout", "1500m", 1_500],
  ["X-Request-Timeout", "2M", 120_000],
  ["Connect-Timeout-Ms", "250", 250],
  ["Connect-Timeout-Ms", "2s", 2_000],
  ["Connect-Timeout-Ms", "250m", 250],
];
for (const [name, text, ms] of plain) {
  test(`${name}: ${text} is ${ms} ms`, () => {
    const deadline = compileDeadline({ headers: [name] });
    const sent = { [name.toLowerCase()]: text };
    assert.deepEqual(deadline(sent, unary, 0), { at: ms, source: "client" });
  });
}

for (const text of [
  "",
  "x",
  "-1",
  "1e3",
  "+1",
  "1.",
  ".5",
  "1 s",
  "1h",
  "1, 2",
  "12345678901",
  "NaN",
]) {
  test(`a plain timeout of ${JSON.stringify(text)} is a 400 that names the header`, () => {
    const deadline = compileDeadline({ headers: ["x-request-timeout"] });
    assert.throws(
      () => deadline({ "x-request-timeout": text }, unary),
      (error) =>
        error instanceof StatusError &&
        error.status.code === Code.INVALID_ARGUMENT &&
        error.message.includes(`invalid x-request-timeout ${JSON.stringify(text)}`),
    );
  });
}

test("grpc-timeout wins over other headers, and of those the first that the option names", () => {
  const deadline = compileDeadline({ headers: ["x-first", "x-second"] });
  const at = (headers: Record<string, string>): number => deadline(headers, unary, 0).at;
  assert.equal(at({ "grpc-timeout": "3S", "x-first": "1", "x-second": "2" }), 3_000);
  assert.equal(at({ "x-second": "2", "x-first": "1" }), 1_000);
  assert.equal(at({ "x-second": "2" }), 2_000);
  assert.equal(at({ "x-third": "2" }), 30_000);
});

test("Infinity takes a limit away", () => {
  const none = Number.POSITIVE_INFINITY;
  const deadline = compileDeadline({ defaultMs: none, maxMs: none });
  assert.equal(deadline({}, unary, 0).at, none);
});

test("a limit that is not above 0 is refused by name", () => {
  assert.throws(() => compileDeadline({ maxMs: 0 }), /maxMs must be .* above 0; got 0/);
  assert.throws(() => compileDeadline({ streamMs: Number.NaN }), /streamMs .* got NaN/);
  assert.throws(() => compileDeadline({ defaultMs: "5s" as never }), /defaultMs .* got 5s/);
});

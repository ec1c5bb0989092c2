import assert from "node:assert/strict";
import { test } from "node:test";
import { formatTimeout } from "../../src/call/grpc-timeout.ts";
import { createHttp2Transport } from "../../src/transport.ts";

const wrong: readonly (readonly [options: object, message: RegExp])[] = [
  [{ idleMs: 0 }, /option "idleMs" must be a number of milliseconds above 0, or Infinity; got 0/],
  [{ connectTimeoutMs: Number.POSITIVE_INFINITY }, /"connectTimeoutMs" must be .* above 0; got/],
  [{ maxConnections: 1.5 }, /"maxConnections" must be a whole number, 1 or more; got 1\.5/],
  [{ balancing: "random" }, /"balancing" must be "pick_first" or "round_robin"; got "random"/],
  [{ maxResponseBytes: -2 }, /"maxResponseBytes" must be .* or -1 for no limit; got -2/],
  [{ authority: "a\r\nb" }, /"authority" must be a text of printable ASCII/],
  [{ backoff: { min: 1 } }, /there is no option "backoff\.min"; there are initialMs, maxMs/],
  [{ credentials: {} }, /there is no option "credentials"; there are target, tls/],
  [{ tls: "yes" }, /"tls" must be true or \{ ca/],
  [{ tls: { caFile: "/no/such/file" } }, /option "tls" cannot be used: ENOENT/],
  [{ tls: { cert: "nonsense" } }, /option "tls" cannot be used: /],
  [{ keepaliveWithoutCalls: 1 }, /"keepaliveWithoutCalls" must be true or false; got 1/],
];

for (const [options, message] of wrong) {
  test(`${JSON.stringify(options)} is refused with the name and what would do`, () => {
    assert.throws(() => createHttp2Transport({ target: "127.0.0.1:1", ...options }), message);
  });
}

test("a timeout is rounded up and has at most eight digits", () => {
  assert.equal(formatTimeout(0.2), "1m");
  assert.equal(formatTimeout(29_999.1), "30000m");
  assert.equal(formatTimeout(99_999_999), "99999999m");
  assert.equal(formatTimeout(100_000_000), "100000S");
  assert.equal(formatTimeout(1e15), "99999999H");
});

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { ErrorMapper } from "grpc-transcoding";
import type { FastifyGrpcGatewayOptions } from "../../src/options/gateway-options.ts";
import { resolveOptions } from "../../src/options/resolve-options.ts";
import { shopApp } from "../shop.ts";

const MIB = 1024 * 1024;

function protoFile(t: TestContext, lines: readonly string[]): string {
  const dir = mkdtempSync(join(tmpdir(), "gateway-"));
  t.after(() => rmSync(dir, { recursive: true }));
  const path = join(dir, "a.proto");
  writeFileSync(path, ['syntax = "proto3";', ...lines].join("\n"));
  return path;
}

test("the option errors is the table that answers", async (t) => {
  const errors: ErrorMapper = {
    toHttp: () => ({ statusCode: 418, headers: {}, body: "own" }),
    responsesOf: () => [],
    bodyFormats: ["status"],
  };
  const app = await shopApp(t, { errors });
  const answer = await app.inject("/v1/items/1?no_such=1");
  assert.deepEqual([answer.statusCode, answer.body], [418, "own"]);
});

test("a body may have 4 MiB where neither the app nor the option says less", async (t) => {
  const app = await shopApp(t, {}, { bodyLimit: 10 * MIB });
  const post = async (bytes: number) => {
    const payload = " ".repeat(bytes - 2).concat("{}");
    const headers = { "content-type": "application/json" };
    return (await app.inject({ method: "POST", url: "/v1/items", headers, payload })).statusCode;
  };
  assert.deepEqual([await post(4 * MIB), await post(4 * MIB + 1)], [200, 413]);
});

test("a maxBodyBytes that the app's bodyLimit overrules is said once, and no other", async (t) => {
  const warned = async (maxBodyBytes?: number) => {
    const lines: string[] = [];
    const stream = { write: (line: string) => void lines.push(line) };
    const limits = maxBodyBytes === undefined ? {} : { maxBodyBytes };
    await shopApp(t, { limits }, { bodyLimit: 1000, logger: { stream } });
    return lines.filter((line) => line.includes("limits.maxBodyBytes is above")).length;
  };
  assert.deepEqual([await warned(1001), await warned(1000), await warned()], [1, 0, 0]);
});

test("the option deadline ends a call that takes longer", { timeout: 10_000 }, async (t) => {
  const app = await shopApp(t, { deadline: { defaultMs: 20 } });
  assert.equal((await app.inject("/v1/items/1:wait")).statusCode, 504);
});

test("whether a path variable may be a repeated field is the preset's, for every source", async (t) => {
  const proto = protoFile(t, [
    'import "google/api/annotations.proto";',
    "message A { repeated string ids = 1; }",
    'service S { rpc Get(A) returns (A) { option (google.api.http) = { get: "/v1/{ids}" }; } }',
  ]);
  await assert.rejects(shopApp(t, { proto }), { code: "FST_GRPC_SCHEMA", message: /ids/ });
  const app = await shopApp(t, { proto, preset: "grpc-gateway" });
  assert.equal(app.grpcGateway().bindings.length, 1);
});

// The table's test takes the bounds from the table; here they stand once more.
const justOut: readonly Partial<FastifyGrpcGatewayOptions>[] = [
  { onePort: { headersTimeoutMs: 0 } },
  { onePort: { headersTimeoutMs: 2 ** 31 } },
  { onePort: { maxSniffingSockets: 0 } },
  { onePort: { sessionIdleMs: -1 } },
  { onePort: { sessionIdleMs: 2 ** 31 } },
  { onePort: { maxConcurrentStreams: 0 } },
  { onePort: { maxPrematureResets: 0 } },
  { onePort: { prematureResetMs: -1 } },
  { closeGraceMs: -1 },
  { closeGraceMs: 2 ** 31 },
  { limits: { maxBodyBytes: 0 } },
  { limits: { maxBodyBytes: -1 } },
  { limits: { maxRequestBytes: 0 } },
  { limits: { maxResponseBytes: -2 } },
  { deadline: { defaultMs: 0 } },
  { services: [] },
  { proto: [] },
  { streaming: { formats: [] } },
];

test("numbers just out of their bounds, and lists that must not be empty, are refused", () => {
  for (const part of justOut) {
    const options = { proto: "a.proto", upstream: "a:1", ...part };
    assert.throws(() => resolveOptions(options), { code: "FST_GRPC_OPTION" }, JSON.stringify(part));
  }
});

test("lists that may be empty, numbers at their bounds and no limit are taken", () => {
  const options = resolveOptions({
    proto: ["a.proto"],
    includeDirs: [],
    upstream: { target: "a:1", channels: 1, maxRequestBytes: -1 },
    unknownQuery: [],
    deadline: { maxMs: Number.POSITIVE_INFINITY },
    closeGraceMs: 0,
    limits: { maxBodyBytes: 1, maxRequestBytes: -1, maxResponseBytes: -1 },
    onePort: { sessionIdleMs: 0, prematureResetMs: 0, headersTimeoutMs: 2 ** 31 - 1 },
    nativeGrpc: { open: ["grpc.health.v1.Health"] },
    policies: [() => undefined],
  });
  assert.deepEqual(options.nativeGrpc, {
    hooks: "run",
    services: "schema",
    open: ["grpc.health.v1.Health"],
  });
  assert.equal(options.policies.length, 1);
});

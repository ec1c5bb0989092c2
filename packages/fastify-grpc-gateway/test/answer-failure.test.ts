import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { FastifyInstance, InjectOptions } from "fastify";
import { remoteShop, shopApp, shopServer } from "./shop.ts";

interface CallLine {
  readonly level: number;
  readonly msg: string;
  readonly grpc?: { readonly method: string; readonly code: string };
  readonly durations?: { readonly totalMs: number };
}

/** A shop whose log lines are kept. */
async function loggingShop(
  t: TestContext,
  upstream: unknown,
): Promise<{ app: FastifyInstance; lines: CallLine[] }> {
  const lines: CallLine[] = [];
  const stream = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const app = await shopApp(t, { upstream } as object, { logger: { stream } });
  app.addHook("preHandler", async (request) => {
    if (request.headers["x-refuse"] === undefined) return;
    throw Object.assign(new Error("who are you?"), { statusCode: 401 });
  });
  return { app, lines };
}

const upstreams = {
  "in-process": async () => shopServer(),
  remote: remoteShop,
};

const shop = (method: string): string => `/shop.v1.Shop/${method}`;
const json = { "content-type": "application/json" };

/** Requests that fail, and what their one log line tells. */
const failures: Record<string, [InjectOptions, method: string, code: string]> = {
  "a unary call that the service fails": [
    { method: "POST", url: "/v1/items:fail", payload: { code: 9, message: "no" } },
    shop("Fail"),
    "FAILED_PRECONDITION",
  ],
  "a stream that fails before its first message": [
    { url: "/v1/items:count?limit=-1&failCode=7" },
    shop("Count"),
    "PERMISSION_DENIED",
  ],
  "a stream that fails after its first message": [
    { url: "/v1/items:count?limit=1&failCode=14" },
    shop("Count"),
    "UNAVAILABLE",
  ],
  "a call whose deadline passes": [
    { url: "/v1/items/1:wait", headers: { "grpc-timeout": "20m" } },
    shop("Wait"),
    "DEADLINE_EXCEEDED",
  ],
  "a request that does not fit its message": [
    { url: "/v1/items/1?number=many" },
    shop("GetItem"),
    "INVALID_ARGUMENT",
  ],
  "a body that is no JSON": [
    { method: "POST", url: "/v1/items", payload: "{", headers: json },
    shop("CreateItem"),
    "INVALID_ARGUMENT",
  ],
  "a request that a hook refuses": [
    { url: "/v1/items/1", headers: { "x-refuse": "1" } },
    shop("GetItem"),
    "UNAUTHENTICATED",
  ],
};

for (const [kind, makeUpstream] of Object.entries(upstreams)) {
  test(`${kind}: each call that fails has one log line`, async (t) => {
    const { app, lines } = await loggingShop(t, await makeUpstream(t));
    for (const [name, [request, method, code]] of Object.entries(failures)) {
      lines.length = 0;
      // An answer that breaks off rejects.
      await app.inject(request).catch(() => {});
      const calls = lines.filter(({ grpc, level }) => grpc !== undefined && level === 30);
      assert.deepEqual(
        calls.map(({ grpc, msg }) => ({ grpc, msg })),
        [{ grpc: { method, code }, msg: "grpc call completed" }],
        name,
      );
    }
  });
}

test("a request that no binding has is no call, and has no line of one", async (t) => {
  const { app, lines } = await loggingShop(t, await shopServer());
  assert.equal((await app.inject({ method: "DELETE", url: "/v1/items/7" })).statusCode, 405);
  assert.equal((await app.inject("/v1/nothing")).statusCode, 404);
  assert.ok(lines.length > 0);
  assert.deepEqual(
    lines.filter(({ grpc }) => grpc !== undefined),
    [],
  );
});

test("a fault of the service is logged as an error beside its call's line, a client's is not", async (t) => {
  const { app, lines } = await loggingShop(t, await shopServer());
  for (const [code, expected] of [
    [13, ["boom"]],
    [3, []],
  ] as const) {
    lines.length = 0;
    await app.inject({ method: "POST", url: "/v1/items:fail", payload: { code, message: "boom" } });
    const errors = lines.filter(({ level }) => level === 50).map(({ msg }) => msg);
    assert.deepEqual(errors, expected);
  }
});

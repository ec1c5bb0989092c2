import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { FastifyServerOptions } from "fastify";
import grpcPolicies, { type FastifyGrpcPoliciesOptions } from "fastify-grpc-policies";
import { Code, type Policy, refuse, StatusError } from "grpc-transcoding";
import {
  type Ask,
  askHttp1,
  askHttp2,
  askHttps1,
  askNative,
  type Buy,
  serverTls,
  shopApp,
} from "./shop.ts";

/** A way to be refused, and what each protocol says. */
interface Refused {
  readonly name: string;
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** Response headers of REST, trailers of native calls. */
  readonly http: Readonly<Record<string, string | undefined>>;
  readonly native: Readonly<Record<string, string | undefined>>;
  readonly details: readonly string[];
  readonly policies?: readonly Policy[];
  readonly options?: FastifyGrpcPoliciesOptions;
  readonly buy?: Buy;
  /** Calls before the one that is looked at; -1 for one that does not end. */
  readonly before?: number;
}

const down: Buy = (_call, callback) => callback(new StatusError(Code.UNAVAILABLE, "at 10.0.0.7:1"));
const retry = "google.rpc.RetryInfo";
const info = "google.rpc.ErrorInfo";

const refusals: readonly Refused[] = [
  {
    name: "by nobody's credentials",
    policies: [
      () => refuse("UNAUTHENTICATED", "who?", { trailers: [["www-authenticate", "Bearer"]] }),
    ],
    status: 401,
    code: "UNAUTHENTICATED",
    message: "who?",
    http: { "www-authenticate": "Bearer" },
    native: { "www-authenticate": "Bearer" },
    details: [],
  },
  {
    name: "by a policy that forbids",
    policies: [() => refuse("PERMISSION_DENIED", "not you")],
    status: 403,
    code: "PERMISSION_DENIED",
    message: "not you",
    http: {},
    native: {},
    details: [],
  },
  {
    name: "by a rate limit",
    options: { limits: { shop: { by: [], capacity: 1, refillPerSecond: 0.001 } } },
    before: 1,
    status: 429,
    code: "RESOURCE_EXHAUSTED",
    message: "too many calls: a rate limit is exceeded (shop)",
    http: { "retry-after": "1000", "ratelimit-policy": '"shop";q=1;w=1000' },
    native: { "grpc-retry-pushback-ms": "<= 1000000" },
    details: [retry, info],
  },
  {
    name: "by an open circuit",
    options: { circuitBreaker: { consecutiveFailures: 2, resetMs: 60_000 } },
    buy: down,
    before: 2,
    status: 503,
    code: "UNAVAILABLE",
    message: "the service fails too often and is not called for a while",
    http: { "retry-after": "60" },
    native: { "grpc-retry-pushback-ms": "<= 60000" },
    details: [retry],
  },
  {
    name: "by a full bulkhead",
    options: { bulkhead: { maxConcurrent: 1, maxPending: 0 } },
    // Never answers, so that the first call stays.
    buy: () => {},
    before: -1,
    status: 503,
    code: "UNAVAILABLE",
    message: "the service has too many calls at once",
    http: { "retry-after": "1" },
    native: { "grpc-retry-pushback-ms": "1000" },
    details: [retry],
  },
  {
    name: "by a policy that throws, of whose reason nobody learns",
    policies: [
      () => {
        throw new Error("password=secret");
      },
    ],
    status: 500,
    code: "INTERNAL",
    message: "An internal error occurred.",
    http: {},
    native: {},
    details: [],
  },
];

/** Holds `"<= 60000"` against a number that is little below it. */
function assertHeader(
  actual: string | undefined,
  expected: string | undefined,
  name: string,
): void {
  const most = Number(/^<= (\d+)$/.exec(expected ?? "")?.[1]);
  if (Number.isNaN(most)) assert.equal(actual, expected, name);
  else assert.ok(Number(actual) <= most && Number(actual) > most * 0.9, `${name} is ${actual}`);
}

type Way = readonly [
  name: string,
  upstream: "in-process" | "passed on",
  Make: MakeAsk,
  transport?: "tls",
];
type MakeAsk = (t: TestContext, port: number) => Ask;

const ways: readonly Way[] = [
  ["REST by HTTP/1.1", "in-process", (_t, port) => askHttp1(port)],
  ["REST by HTTP/2", "in-process", (_t, port) => askHttp2(port)],
  ["REST to a service elsewhere", "passed on", (_t, port) => askHttp1(port)],
  ["REST by HTTP/2 to a service elsewhere", "passed on", (_t, port) => askHttp2(port)],
  ["native in-process", "in-process", askNative],
  ["native passed on", "passed on", askNative],
  ["REST by HTTP/1.1 over TLS", "in-process", (_t, port) => askHttps1(port), "tls"],
  [
    "REST by HTTP/2 over TLS",
    "in-process",
    (_t, port) => askHttp2(port, "/v1/buy/tea", "tls"),
    "tls",
  ],
  [
    "native in-process over TLS",
    "in-process",
    (t, port) => askNative(t, port, "Buy", undefined, "tls"),
    "tls",
  ],
  [
    "native passed on over TLS",
    "passed on",
    (t, port) => askNative(t, port, "Buy", undefined, "tls"),
    "tls",
  ],
];

for (const refused of refusals) {
  for (const [way, upstream, makeAsk, transport] of ways) {
    test(`${way} is refused ${refused.name}`, async (t) => {
      const { policies = [], options = {}, before = 0, buy } = refused;
      let called = (): void => {};
      const isCalled = new Promise<void>((resolve) => {
        called = resolve;
      });
      const { port } = await shopApp(t, {
        upstream,
        ...(buy && {
          buy: (call, callback) => {
            called();
            buy(call, callback);
          },
        }),
        gateway: { policies: [...policies], closeGraceMs: 50 },
        ...(transport === "tls" && { fastify: { https: serverTls } as FastifyServerOptions }),
        before: async (app) => {
          await app.register(grpcPolicies, options);
        },
      });
      const ask = makeAsk(t, port);
      for (let i = 0; i < before; i += 1) await ask();
      if (before < 0) {
        void makeAsk(t, port)().catch(() => {});
        await isCalled;
      }
      const { status, code, message, headers, details } = await ask();
      assert.equal(code, refused.code);
      assert.ok(message.startsWith(refused.message), message);
      assert.deepEqual(details, refused.details);
      const expected = status === undefined ? refused.native : refused.http;
      if (status !== undefined) {
        assert.equal(status, refused.status);
        assert.equal(headers["grpc-retry-pushback-ms"], undefined);
      }
      for (const [name, value] of Object.entries(expected))
        assertHeader(headers[name], value, name);
      if (!("retry-after" in expected) && status !== undefined) {
        assert.equal(headers["retry-after"], undefined);
      }
    });
  }
}

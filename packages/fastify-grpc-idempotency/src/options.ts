import type { FastifyRequest } from "fastify";
import { Code, type CodeName } from "grpc-transcoding";
import {
  compilePickHeaders,
  defaultHeaders,
  notReplayed,
  type PickHeaders,
} from "./answer/replayed-headers.ts";
import type { PrincipalOf } from "./key/principal.ts";
import { read } from "./option/read.ts";
import type { KeyRule } from "./rule/key-rule.ts";
import { MethodRules } from "./rule/method-rules.ts";
import { RouteRules } from "./rule/route-rules.ts";
import type { IdempotencyStore } from "./store/idempotency-store.ts";
import { createMemoryStore } from "./store/memory-store.ts";

/** Options of the plugin. */
export interface FastifyGrpcIdempotencyOptions {
  /**
   * Which methods take keys: `{ "library.v1.LibraryService/CreateBook": "required" }`, or by `"library.v1.LibraryService/*"`,
   * `"library.v1.*"`, `"*"`. What says more of a method wins, and wins over its annotation; false is none.
   */
  readonly methods?: Readonly<Record<string, KeyRule | false>>;
  /** The same of hand-written routes, beside their `config.idempotency`: `{ "POST /orders": "required" }`. */
  readonly routes?: Readonly<Record<string, KeyRule | false>>;
  /** The names of the gateways that it is for. @default all of the app */
  readonly gateways?: readonly string[];
  /** Where keys are kept. @default createMemoryStore() */
  readonly store?: IdempotencyStore;
  /**
   * Who sends a request: each has keys of its own; undefined is nobody.
   * @default the identity of hooks and policies, or `request.user`, of both `sub`; else a hash of `authorization`
   */
  readonly principal?: (request: FastifyRequest) => string | number | undefined;
  /** What a request does whose key another has that still runs: it waits for the answer, or gets 409. @default "wait" */
  readonly onInFlight?: "wait" | "refuse";
  /** Requests that wait at once; beyond, they get 409. @default 1000 */
  readonly maxWaiting?: number;
  /** Milliseconds that a request waits at most, and never longer than its own call could take. @default 60000 */
  readonly maxWaitMs?: number;
  /** Milliseconds that a key is kept, from its first request on. @default 86400000, 24 h */
  readonly ttlMs?: number;
  /** Milliseconds after a call's deadline until its key counts as of unknown outcome. @default 5000 */
  readonly leaseGraceMs?: number;
  /** The same time for hand-written routes and for calls without a deadline, from their beginning. @default 60000 */
  readonly leaseMs?: number;
  /** The largest body that is kept; of a larger one, only that it was answered. @default 262144, 256 KiB */
  readonly maxBodyBytes?: number;
  /**
   * Response headers that are replayed beside those that a call itself sets, and of hand-written routes beside those of a
   * representation; `"x-book-*"` for all that begin so.
   */
  readonly headers?: readonly string[];
  /** Codes by which the services say that they have done nothing, so that the key is free again: `["UNAVAILABLE"]`. */
  readonly notExecuted?: readonly CodeName[];
  /** Whether requests are executed while the store cannot tell, or refused with 503. @default "refuse" */
  readonly onStoreError?: "allow" | "refuse";
}

/** Options that were read. */
export interface ResolvedOptions {
  readonly methods: MethodRules;
  readonly routes: RouteRules;
  readonly gateways: readonly string[] | undefined;
  readonly store: IdempotencyStore;
  readonly principal: PrincipalOf | undefined;
  readonly onInFlight: "wait" | "refuse";
  readonly maxWaiting: number;
  readonly maxWaitMs: number;
  readonly ttlMs: number;
  readonly leaseGraceMs: number;
  readonly leaseMs: number;
  readonly maxBodyBytes: number;
  readonly pickHeaders: PickHeaders;
  readonly notExecuted: ReadonlySet<Code>;
  readonly onStoreError: "allow" | "refuse";
}

const optionKeys: readonly (keyof FastifyGrpcIdempotencyOptions)[] = [
  "methods",
  "routes",
  "gateways",
  "store",
  "principal",
  "onInFlight",
  "maxWaiting",
  "maxWaitMs",
  "ttlMs",
  "leaseGraceMs",
  "leaseMs",
  "maxBodyBytes",
  "headers",
  "notExecuted",
  "onStoreError",
];

const dayMs = 24 * 60 * 60 * 1000;

/** Reads options. Throws FST_GRPC_IDEMPOTENCY_*. */
export function resolveOptions(options: FastifyGrpcIdempotencyOptions): ResolvedOptions {
  const given = read.plugin(options, optionKeys);
  const { methods = {}, routes = {}, gateways, store = createMemoryStore(), principal } = given;
  const { onInFlight = "wait", maxWaiting = 1000, maxWaitMs = 60_000, ttlMs = dayMs } = given;
  const { leaseGraceMs = 5000, leaseMs = 60_000, maxBodyBytes = 256 * 1024 } = given;
  const { headers = [], notExecuted = [], onStoreError = "refuse" } = given;
  return {
    methods: new MethodRules(methods),
    routes: new RouteRules(routes),
    gateways: read.optional(gateways, "gateways", (list, at) => read.list(list, at, read.text)),
    store: readStore(store),
    principal: read.optional(principal, "principal", read.function<PrincipalOf>),
    onInFlight: read.choice(onInFlight, "onInFlight", ["wait", "refuse"]),
    maxWaiting: read.integer(maxWaiting, "maxWaiting"),
    maxWaitMs: read.milliseconds(maxWaitMs, "maxWaitMs"),
    ttlMs: read.integer(ttlMs, "ttlMs", { from: 1 }),
    leaseGraceMs: read.milliseconds(leaseGraceMs, "leaseGraceMs"),
    leaseMs: read.milliseconds(leaseMs, "leaseMs"),
    maxBodyBytes: read.integer(maxBodyBytes, "maxBodyBytes"),
    pickHeaders: compilePickHeaders([
      ...defaultHeaders,
      ...read.list(headers, "headers", readHeader),
    ]),
    notExecuted: new Set(read.list(notExecuted, "notExecuted", readCode)),
    onStoreError: read.choice(onStoreError, "onStoreError", ["allow", "refuse"]),
  };
}

function readStore(value: unknown): IdempotencyStore {
  const { begin, complete, release } = (value ?? {}) as Partial<IdempotencyStore>;
  if ([begin, complete, release].every((step) => typeof step === "function")) {
    return value as IdempotencyStore;
  }
  throw read.refusal(
    "store",
    value,
    "give createMemoryStore(), createRedisStore({ client }), or an object with begin, complete and release",
  );
}

function readHeader(value: unknown, path: string): string {
  const name = read.text(value, path).toLowerCase();
  if (!/^[!#$%&'+\-.^_`|~0-9a-z]+\*?$/.test(name)) {
    throw read.refusal(path, value, 'name a header, or "x-book-*" for all that begin so');
  }
  if (!notReplayed.has(name)) return name;
  throw read.refusal(path, value, "leave it out: it is of one response alone");
}

function readCode(value: unknown, path: string): Code {
  const code = typeof value === "string" && value !== "OK" ? Code[value as CodeName] : undefined;
  if (code !== undefined && Object.hasOwn(Code, value as string)) return code;
  throw read.refusal(path, value, 'name a gRPC status code such as "UNAVAILABLE"');
}

import { spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import Fastify, { type FastifyInstance } from "fastify";
import grpcPolicies, {
  createRedisStore,
  type FastifyGrpcPoliciesOptions,
} from "fastify-grpc-policies";
import {
  CallContext,
  compose,
  gatewayRegistry,
  type Interceptor,
  type Policy,
  type PolicyCall,
  type Transport,
} from "grpc-transcoding";
import { runPolicies } from "grpc-transcoding/internal";
import { Redis } from "ioredis";
import { type Contender, leastMicros, ownCpuMicros } from "../transport/rounds.ts";

// Run from the built packages by policies.bench.ts.

const COUNT = 200_000;
const ROUNDS = 9;

/** What the plugin puts around the calls of a gateway. */
interface Installed {
  readonly policies: Policy[];
  readonly interceptors: Interceptor[];
}

const apps: FastifyInstance[] = [];

async function installed(options: FastifyGrpcPoliciesOptions): Promise<Installed> {
  const app = Fastify();
  apps.push(app);
  const policies: Policy[] = [];
  const interceptors: Interceptor[] = [];
  const entry = {
    name: "bench",
    use: (policy: Policy) => void policies.push(policy),
    intercept: (one: Interceptor) => void interceptors.push(one),
  };
  gatewayRegistry(app.server).add(entry as never);
  await app.register(grpcPolicies, options);
  return { policies, interceptors };
}

const method = { path: "/bench.v1.Echo/Small", service: "bench.v1.Echo", name: "Small" };
const context = new CallContext();

// Tenants in turn, so that no bucket is found where the last one was.
const calls = Array.from(
  { length: 64 },
  (_, at): PolicyCall => ({
    protocol: "grpc",
    method,
    binding: undefined,
    gateway: "bench",
    tenant: `tenant-${at}`,
    headers: { "x-api-key": `key-${at}` },
    peer: "127.0.0.1:4711",
    identity: undefined,
    context,
    request: undefined,
  }),
);

function judging(name: string, policies: readonly Policy[]): Contender {
  const fail = (error: unknown): void => {
    throw error;
  };
  const spend = (count: number) =>
    ownCpuMicros(async () => {
      for (let i = 0; i < count; i += 1) {
        const said = runPolicies(policies, calls[i % 64] as PolicyCall, fail);
        if (said instanceof Promise || said.refuse !== undefined) throw new Error(name);
      }
    });
  return { name, count: COUNT, spend };
}

/** A service that answers at once. */
const atOnce: Transport = {
  start: (_call, receiver) => ({
    send() {},
    halfClose: () => receiver.onStatus({ code: 0, message: "", details: [] }, []),
    read() {},
    cancel() {},
  }),
};

function calling(name: string, interceptors: readonly Interceptor[]): Contender {
  const transport = compose(atOnce, interceptors);
  const receiver = { onHeaders() {}, onMessage() {}, onStatus() {} };
  const deadline = { at: Number.POSITIVE_INFINITY, source: "gateway" } as const;
  const called = { path: method.path, clientStreaming: false, serverStreaming: false };
  const spend = (count: number) =>
    ownCpuMicros(async () => {
      for (let i = 0; i < count; i += 1) {
        const tenant = `tenant-${i % 64}`;
        const call = { method: called, metadata: [], deadline, peer: "", timing: {}, tenant };
        const handle = transport.start(call, receiver);
        handle.read();
        handle.halfClose();
      }
    });
  return { name, count: COUNT, spend };
}

async function report(title: string, contenders: readonly Contender[]): Promise<void> {
  const least = await leastMicros(contenders, ROUNDS);
  const [first = 0] = least.values();
  console.log(`\npolicies: ${title}, CPU per call, best of ${ROUNDS}`);
  for (const [name, micros] of least) {
    const added = (micros - first).toFixed(2);
    console.log(`  ${name.padEnd(40)} ${micros.toFixed(2).padStart(8)} us   + ${added} us`);
  }
}

const plenty = { capacity: 1e9, refillPerSecond: 1e9 };
const byTenant = { tenant: { by: "tenant", ...plenty } } as const;
const all = { ...byTenant, key: { by: "apiKey", ...plenty }, ip: { by: "ip", ...plenty } } as const;

await report("before the call", [
  judging("no policy", []),
  judging("one that looks at method and headers", [
    ({ method, headers }) => void (method?.path === headers["x-limited"]),
  ]),
  judging("limit by tenant, in memory", (await installed({ limits: byTenant })).policies),
  judging("limits by tenant, API key and address", (await installed({ limits: all })).policies),
]);

const breaker = await installed({ circuitBreaker: {} });
const bulkhead = await installed({ bulkhead: { maxConcurrent: 100 } });
await report("around the call", [
  calling("no interceptor", []),
  calling("circuit breaker, closed", breaker.interceptors),
  calling("bulkhead with room", bulkhead.interceptors),
]);

if (spawnSync("redis-server", ["--version"]).status !== 0) {
  console.log("\npolicies: no redis-server is installed, so its store is not measured");
} else await measureRedis();
for (const app of apps) await app.close();

async function measureRedis(): Promise<void> {
  const port = 20_000 + (process.pid % 20_000);
  const args = ["--port", String(port), "--bind", "127.0.0.1", "--save", ""];
  const server = spawn("redis-server", args, { stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface({ input: server.stdout })) {
    if (line.includes("Ready to accept connections")) break;
  }
  const client = new Redis({ port, host: "127.0.0.1" });
  const { policies } = await installed({ limits: byTenant, store: createRedisStore({ client }) });
  const inFlight = (name: string, width: number, count: number): Contender => ({
    name,
    count,
    spend: (rounds) =>
      ownCpuMicros(async () => {
        for (let i = 0; i < rounds; i += width) {
          await Promise.all(
            calls.slice(0, width).map((call) => runPolicies(policies, call, () => {})),
          );
        }
      }),
  });
  await report("limit by tenant in Redis", [
    inFlight("64 in flight", 64, 6400),
    inFlight("1 in flight", 1, 2000),
  ]);
  client.disconnect();
  server.kill();
}

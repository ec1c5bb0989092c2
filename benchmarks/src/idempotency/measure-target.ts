import Fastify, { type FastifyInstance } from "fastify";
import grpcGateway from "fastify-grpc-gateway";
import grpcIdempotency from "fastify-grpc-idempotency";
import { echoProto, identityServer } from "../request/echo-server.ts";
import { type Contender, leastMicros, ownCpuMicros } from "../transport/rounds.ts";

// Run from the built packages by idempotency.bench.ts.

const COUNT = 4_000;
const ROUNDS = 15;

const payload = '{"text":"a payment of some kind","count":7}';
const apps: FastifyInstance[] = [];

async function appOf(build: (app: FastifyInstance) => Promise<void>): Promise<FastifyInstance> {
  const app = Fastify();
  apps.push(app);
  await build(app);
  await app.ready();
  return app;
}

function asking(name: string, app: FastifyInstance, key: () => string | undefined): Contender {
  const request = (): object => {
    const given = key();
    const headers = { "content-type": "application/json" };
    return {
      method: "POST",
      url: "/v1/small",
      payload,
      headers: given === undefined ? headers : { ...headers, "idempotency-key": given },
    };
  };
  const spend = (count: number) =>
    ownCpuMicros(async () => {
      for (let i = 0; i < count; i += 1) {
        const { statusCode } = await app.inject(request());
        if (statusCode !== 200) throw new Error(`${name}: ${statusCode}`);
      }
    });
  return { name, count: COUNT, spend };
}

async function report(title: string, contenders: readonly Contender[]): Promise<void> {
  const least = await leastMicros(contenders, ROUNDS);
  const [first = 0] = least.values();
  console.log(`\nidempotency: ${title}, CPU per request, inject() included, best of ${ROUNDS}`);
  for (const [name, micros] of least) {
    const added = (micros - first).toFixed(2);
    console.log(`  ${name.padEnd(46)} ${micros.toFixed(2).padStart(8)} us   + ${added} us`);
  }
}

const none = (): undefined => undefined;
const same = (): string => "the-same-key";
let made = 0;
const another = (): string => `key-${++made}`;

const answer = Buffer.from(payload);
const route = (app: FastifyInstance): void => {
  app.post("/v1/small", async (_request, reply) =>
    reply.header("content-type", "application/json; charset=utf-8").send(answer),
  );
};
const bareRoute = await appOf(async (app) => route(app));
const keyedRoute = await appOf(async (app) => {
  await app.register(grpcIdempotency, { routes: { "POST /v1/small": "optional" } });
  route(app);
});
await report("a hand-written route", [
  asking("without the plugin", bareRoute, none),
  asking("with it, no key", keyedRoute, none),
  asking("a replay from memory", keyedRoute, same),
  asking("a new key", keyedRoute, another),
]);

const gateway = { proto: echoProto, upstream: identityServer() };
const bareGateway = await appOf(async (app) => {
  await app.register(grpcGateway, gateway);
});
const otherMethod = await appOf(async (app) => {
  await app.register(grpcIdempotency, { methods: { "bench.v1.Echo/Rows": "required" } });
  await app.register(grpcGateway, gateway);
});
const keyedMethod = await appOf(async (app) => {
  await app.register(grpcIdempotency, { methods: { "bench.v1.Echo/Small": "optional" } });
  await app.register(grpcGateway, gateway);
});
await report("a call in process", [
  asking("without the plugin", bareGateway, none),
  asking("with it, of a method that takes no keys", otherMethod, none),
  asking("with it, no key", keyedMethod, none),
  asking("a replay from memory", keyedMethod, same),
  asking("a new key", keyedMethod, another),
]);
for (const app of apps) await app.close();

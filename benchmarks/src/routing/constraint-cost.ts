import { fileURLToPath } from "node:url";
import Fastify, { type FastifyInstance } from "fastify";
import { fastifyGrpcGateway } from "fastify-grpc-gateway";
import type { Transport } from "grpc-transcoding";
import type { RuleText } from "./googleapis.ts";

const rounds = 21;
const requests = 1500;

/** The requests of this benchmark never reach an upstream. */
const nowhere: Transport = {
  start() {
    throw new Error("no call is made");
  },
};

/** An app with one hand-written route. */
async function createApp(rules: readonly RuleText[]): Promise<FastifyInstance> {
  const app = Fastify({ logger: false });
  app.get("/v1/hand-written/:id", async () => "ok");
  if (rules.length > 0) {
    const [main, ...more] = rules.map(([kind, path]) => ({
      custom: { kind, path: path.replaceAll(/\{[^}=]+=?([^}]*)\}/g, (_, inner) => inner || "*") },
    }));
    await app.register(fastifyGrpcGateway, {
      proto: fileURLToPath(new URL("../../proto/echo.proto", import.meta.url)),
      rules: [{ selector: "bench.v1.Echo.Small", ...main, additionalBindings: more }],
      rulesMode: "override",
      onConflict: "first",
      upstream: nowhere,
      nativeGrpc: false,
    });
  }
  await app.ready();
  return app;
}

/**
 * Microseconds of CPU of one request to a hand-written route, alone and beside a gateway of `rules`: what
 * the gateway's constraint costs those that are not for it.
 */
export async function constraintMicros(
  rules: readonly RuleText[],
): Promise<{ alone: number; beside: number }> {
  const apps = [await createApp([]), await createApp(rules)];
  const least = apps.map(() => Number.POSITIVE_INFINITY);
  try {
    for (let round = 0; round < rounds; round += 1) {
      for (const [index, app] of apps.entries()) {
        const before = process.cpuUsage();
        for (let count = 0; count < requests; count += 1) {
          const { statusCode } = await app.inject("/v1/hand-written/7");
          if (statusCode !== 200) throw new Error(`answered ${statusCode}`);
        }
        const { user, system } = process.cpuUsage(before);
        least[index] = Math.min(least[index] ?? 0, (user + system) / requests);
      }
    }
  } finally {
    for (const app of apps) await app.close();
  }
  return { alone: least[0] ?? 0, beside: least[1] ?? 0 };
}

import { ServerCredentials } from "@grpc/grpc-js";
import type { FastifyInstance } from "fastify";
import type { Transport } from "grpc-transcoding";
import { appClosing } from "../closing/app-closing.ts";
import { beforeClose } from "../fastify/internals.ts";
import type { GrpcSinks } from "../one-port/grpc-sinks.ts";
import type { HealthOptions } from "../options/gateway-options.ts";
import { AppHealth, type HealthPart } from "./app-health.ts";
import { type HealthCodec, healthService, loadHealthCodec } from "./health-codec.ts";
import { createHealthServer } from "./health-server.ts";
import { UpstreamHealth } from "./upstream-health.ts";

const key = Symbol.for("fastify-grpc.health.v1");

/** The health of one app, of all its gateways together. */
interface InstalledHealth {
  readonly health: AppHealth;
  readonly codec: HealthCodec;
  /** The pages that are there, by their full paths. */
  readonly pages: Set<string>;
  isNative: boolean;
}

/** What the health of a gateway is told by. */
export interface HealthHost {
  readonly schema: HealthPart["schema"];
  /** Without interceptors: a probe is none of a breaker's calls. */
  readonly transport: Transport;
  /** Undefined where the gateway takes no native calls. */
  readonly sinks: GrpcSinks | undefined;
}

/**
 * Answers probes for a gateway: two pages below its scope's prefix, and grpc.health.v1 on the app's port, before any
 * server behind it. Call it while plugins load, before the gateway takes native calls itself.
 */
export async function serveHealth(
  fastify: FastifyInstance,
  { schema, transport, sinks }: HealthHost,
  { livePath, readyPath, requireUpstream, checkTimeoutMs, preStopDelayMs }: Required<HealthOptions>,
): Promise<void> {
  const installed = await installHealth(fastify);
  const { health, codec } = installed;
  health.preStopDelayMs = Math.max(health.preStopDelayMs, preStopDelayMs);
  const upstream = requireUpstream
    ? new UpstreamHealth(transport, codec, checkTimeoutMs)
    : undefined;
  const leave = health.add({ schema, upstream });
  fastify.addHook("onClose", async () => leave());
  addPage(fastify, installed, livePath, async () => "SERVING");
  addPage(fastify, installed, readyPath, () => health.statusOf(""));
  if (sinks !== undefined && !installed.isNative) {
    installed.isNative = true;
    serveNative(fastify, sinks, installed);
  }
}

async function installHealth(fastify: FastifyInstance): Promise<InstalledHealth> {
  const holder = fastify.server as { [key]?: InstalledHealth };
  const codec = holder[key]?.codec ?? (await loadHealthCodec());
  if (holder[key] !== undefined) return holder[key];
  const health = new AppHealth();
  holder[key] = { health, codec, pages: new Set(), isNative: false };
  beforeClose(fastify, async () => {
    if (fastify.server.listening) await health.preStop();
  });
  return holder[key];
}

function addPage(
  fastify: FastifyInstance,
  { pages }: InstalledHealth,
  path: string,
  status: () => Promise<string>,
): void {
  if (pages.has(fastify.prefix + path)) return;
  pages.add(fastify.prefix + path);
  // To @fastify/swagger, which types it.
  const options = { schema: { hide: true } as object, logLevel: "warn" } as const;
  fastify.get(path, options, async (_request, reply) => {
    const found = await status();
    reply.code(found === "SERVING" ? 200 : 503).header("cache-control", "no-store");
    return { status: found };
  });
}

function serveNative(
  fastify: FastifyInstance,
  sinks: GrpcSinks,
  { health, codec }: InstalledHealth,
): void {
  const { server, endWatching } = createHealthServer(health, codec);
  sinks.add(
    {
      name: healthService,
      server,
      services: new Set([healthService]),
      accepts: undefined,
      // Probes have no identity: neither hooks nor policies judge them.
      admit: undefined,
    },
    ServerCredentials.createInsecure(),
  );
  appClosing(fastify).add({
    beginClose() {
      health.beginClose();
      endWatching();
    },
  });
}

// A gateway, or a service for one, in a process of its own: its memory is nobody else's.

import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { ServerCredentials } from "@grpc/grpc-js";
import Fastify from "fastify";
import grpcGateway from "fastify-grpc-gateway";
import { filesProto } from "../files/files-service.ts";
import type { TransferReport, TransferRequest } from "./transfer-protocol.ts";
import { TransferCounts, transferServer } from "./transfer-service.ts";

const [kind = "", address = ""] = process.argv.slice(2);
const counts = new TransferCounts();
let peakRss = 0;
const sample = (): void => {
  peakRss = Math.max(peakRss, process.memoryUsage.rss());
};
setInterval(sample, 5).unref();
// The parent has gone, however it ended.
process.on("disconnect", () => process.exit());

async function startService(): Promise<number> {
  const server = await transferServer(counts);
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
}

async function startGateway(): Promise<number> {
  const app = Fastify();
  const upstream = address === "" ? await transferServer(counts) : address;
  await app.register(grpcGateway, { proto: filesProto, upstream });
  await app.listen({ port: 0, host: "127.0.0.1" });
  return (app.server.address() as AddressInfo).port;
}

async function answer({ id, does }: TransferRequest): Promise<TransferReport> {
  if (does === "resume") for (const call of counts.paused.splice(0)) call.resume();
  if (does === "restart") {
    for (let i = 0; i < 4; i++) {
      globalThis.gc?.();
      await delay(10);
    }
    Object.assign(counts, { sent: 0, received: 0, cancelledAt: 0 });
    peakRss = 0;
  }
  sample();
  const { sent, received, cancelledAt, open } = counts;
  return { id, rss: process.memoryUsage.rss(), peakRss, sent, received, cancelledAt, open };
}

process.on("message", (request: TransferRequest) => {
  void answer(request).then((report) => process.send?.(report));
});
const port = await (kind === "service" ? startService() : startGateway());
process.send?.({ port });

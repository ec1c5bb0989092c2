import { once } from "node:events";
import { buildPackages } from "../built-packages.ts";
import { startTarget, type Target } from "../target-process.ts";
import { leastMicros } from "../transport/rounds.ts";
import { remoteClients } from "./remote-clients.ts";

interface Case {
  readonly name: string;
  readonly isStream?: boolean;
  readonly bytes: number;
  readonly inFlight: number;
  readonly count: number;
}

const cases: readonly Case[] = [
  { name: "unary, 44 B, 1 in flight", bytes: 44, inFlight: 1, count: 1_500 },
  { name: "unary, 44 B, 32 in flight", bytes: 44, inFlight: 32, count: 4_000 },
  { name: "unary, 44 B, 128 in flight", bytes: 44, inFlight: 128, count: 4_000 },
  { name: "unary, 1 KB, 32 in flight", bytes: 1_024, inFlight: 32, count: 4_000 },
  { name: "unary, 110 KB, 32 in flight", bytes: 110_000, inFlight: 32, count: 300 },
  { name: "stream of 1,000 x 160 B", isStream: true, bytes: 160, inFlight: 4, count: 12 },
];

/** CPU time of the client's process alone for calls to a grpc-js server in another process. */
export async function run(): Promise<void> {
  buildPackages(["grpc-http2-client", "fastify-grpc-gateway"]);
  const module = new URL("./client-target.ts", import.meta.url);
  const server = await startTarget(module, "server");
  const clients: Target[] = [];
  for (const name of Object.keys(remoteClients)) {
    clients.push(await startTarget(module, name, `127.0.0.1:${server.port}`));
  }
  try {
    for (const one of cases) await compare(clients, one);
  } finally {
    for (const { child } of [server, ...clients]) child.disconnect();
  }
}

async function compare(clients: readonly Target[], one: Case): Promise<void> {
  const least = await leastMicros(
    clients.map(({ name, child }) => ({
      name,
      count: one.count,
      async spend(count: number) {
        child.send({ isStream: one.isStream === true, ...one, count });
        const [{ cpuMicros }] = (await once(child, "message")) as [{ cpuMicros: number }];
        return cpuMicros;
      },
    })),
    5,
  );
  const [own = 1] = least.values();
  console.log(`\nremote call, ${one.name}: CPU of the client, best of 5`);
  for (const [name, micros] of least) {
    console.log(
      `  ${name.padEnd(20)} ${micros.toFixed(1).padStart(8)} us   ${(micros / own).toFixed(1)} x own`,
    );
  }
}
